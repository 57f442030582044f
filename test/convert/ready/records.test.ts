// Dataclasses and namedtuples: objects of named parts.
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { type Converter, converters, python, withOptions } from '../../../lib/index.js'
import { refusal } from '../../fixtures/thrown.js'

python.exec(`
import collections, dataclasses, functools, sys, typing
from dataclasses import dataclass, field

@dataclass
class Point:
    x: typing.Any = 0
    y: typing.Any = None
@dataclass(frozen=True)
class Frozen:
    a: typing.Any = 1
@dataclass
class Slotted:
    __slots__ = ('a', 'b', 'other')
    a: typing.Any
    b: typing.Any
FrozenSlots = Frozen
if sys.version_info >= (3, 10):
    @dataclass(frozen=True, slots=True)
    class FrozenSlots:
        a: typing.Any = 1
@dataclass
class Late:
    given: int = 1
    made: typing.Any = field(init=False)
    def __post_init__(self):
        self.made = [self.given]
        self.hidden = 'kept'
@dataclass
class Never:
    a: int = 1
    b: int = field(init=False)
@dataclass
class Point3(Point):
    z: typing.Any = 3
class Undecorated(Point):
    extra = 1
@dataclass
class Odd:
    constructor: int = 1
    toJSON: int = 2
    then: int = 3
    __proto__: int = 4
    length: int = 5
@dataclass
class Strict:
    a: int
    def __post_init__(self):
        raise RuntimeError('made by its constructor')
@dataclass
class Items(list):
    name: str = 'n'
@dataclass
class Lazy:
    a: int = 1
    @functools.cached_property
    def double(self): return [self.a * 2]
@dataclass
class Private:
    a: int = 1
    def __post_init__(self): self.__b = 2
    def b(self): return self.__b
Made = dataclasses.make_dataclass('Made', [('class_', int), ('ä', int)])

Pair = collections.namedtuple('Pair', 'a b')
class Typed(typing.NamedTuple):
    a: typing.Any
    b: typing.Any = 2
class Derived(Pair):
    def __new__(cls, *args): raise RuntimeError('made by its constructor')
    def sum(self): return self.a + self.b
One = collections.namedtuple('One', 'only')
Empty = collections.namedtuple('Empty', '')
Renamed = collections.namedtuple('Renamed', 'a a class', rename=True)

def same(one, other):
    'Equal, and of the same types all through.'
    if type(one) is not type(other): return False
    if dataclasses.is_dataclass(one):
        names = [f.name for f in dataclasses.fields(one)]
        return all(same(getattr(one, n, None), getattr(other, n, None)) for n in names)
    if isinstance(one, (list, tuple)): return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict): return same(list(one.items()), list(other.items()))
    return one == other
`)
afterAll(python.register([converters.dataclasses, converters.namedtuples]))
const { js: PyDataclass } = converters.dataclasses as Required<Converter>
const { js: PyNamedTuple } = converters.namedtuples as Required<Converter>

/** What Python finds of a value that came home. */
const told = (source: string, ...values: unknown[]): unknown => python.eval(source)(...values)

test.each([
  'Point()',
  'Point(1.0, -0.0)',
  'Point(2.5, [1.0, 2, "a", (3.0,)])',
  'Point(Point(1, 2.0), {"a": Point(3), 5: [Frozen(6)]})',
  'Point(None, {Frozen(1): Frozen(2)})',
  'Frozen()',
  'Frozen(Frozen([1, 2]))',
  'FrozenSlots((1, 2.0))',
  'Slotted(1, Slotted(2.0, 3))',
  'Late(5)',
  'Never()',
  'Point3(1, 2, [3.0])',
  'Undecorated(1)',
  'Odd()',
  'Lazy()',
  'Private()',
  'Made(1, 2)',
  'Pair(1, 2.0)',
  'Pair(Pair(1, 2), [Point(3)])',
  'Typed([1, 2.0])',
  'One((1,))',
  'Empty()',
  'Renamed(1, 2, 3)',
  '[Point(1), Pair(1, (2, 3)), {Pair(1, 2): Point(4), Frozen(3): 1}, {Frozen(5), Pair(6, 7)}]',
])('%s comes home as it was', (source) => {
  const value = python.eval(source)
  expect(told(`lambda home: same(${source}, home) or repr(home)`, value)).toBe(true)
})

describe('a dataclass in JavaScript', () => {
  test('has its fields, as own enumerable properties, in order', () => {
    const point = python.eval('Point3(1, [2])')
    const fields = { x: 1, y: [2], z: 3 }
    expect(Object.entries(point)).toEqual(Object.entries(fields))
    expect(JSON.stringify({ point })).toBe(JSON.stringify({ point: fields }))
    expect(point.toJSON()).toEqual(fields)
  })

  test('is of one class for each class of Python, with its name', () => {
    const [a, b, c] = python.eval('[Point(1), Point(2), Point3(3)]')
    expect(a.constructor).toBe(b.constructor)
    expect(python.eval('Point(4)').constructor).toBe(a.constructor)
    expect(a.constructor.name).toBe('Point')
    expect(c.constructor.name).toBe('Point3')
    expect(c).not.toBeInstanceOf(a.constructor)
    expect(a).toBeInstanceOf(PyDataclass)
  })

  test('goes back as it was changed', () => {
    const point = python.eval('Point(1, [Point(2)])')
    point.x = 'new'
    point.y[0].x = [3]
    point.y.push(4)
    expect(told('lambda p: same(p, Point("new", [Point([3]), 4])) or repr(p)', point)).toBe(true)
  })

  test('may lose a field, and get one', () => {
    const point = python.eval('Slotted(1, 2)')
    delete point.a
    expect(told('lambda p: hasattr(p, "a")', point)).toBe(false)
    const more = python.eval('Point(1)')
    more.note = 'new'
    expect(told('lambda p: (p.note, p.x)', more)).toEqual(['new', 1])
    point.unknown = 1
    expect(() => told('lambda p: p', point)).toThrow('unknown')
  })

  test.each([
    ['of its own', 'Late(1)', 'v.hidden == "kept"'],
    ['a private one', 'Private()', 'v.b() == 2'],
    ['cached', '(lambda v: v.double and v)(Lazy(3))', 'v.__dict__["double"] == [6]'],
    ['in a slot', '(lambda v: setattr(v, "other", 5) or v)(Slotted(1, 2))', 'v.other == 5'],
  ])('keeps what is no field: %s', (_, source, isKept) => {
    expect(told(`lambda v: ${isKept}`, python.eval(source))).toBe(true)
  })

  test('whose field was never set lacks it', () => {
    expect(Object.keys(python.eval('Never()'))).toEqual(['a'])
  })

  test('is made without its constructor', () => {
    python.exec('strict = object.__new__(Strict); strict.a = 1')
    expect(told('lambda v: type(v) is Strict and v.a == 1', python.eval('strict'))).toBe(true)
  })

  test('is frozen where it is', () => {
    expect(Object.isFrozen(python.eval('Frozen([1])'))).toBe(true)
    expect(Object.isFrozen(python.eval('Point()'))).toBe(false)
  })

  test('can have fields of any name', () => {
    const odd = python.eval('Odd()')
    expect(Object.keys(odd)).toEqual(['constructor', 'toJSON', 'then', '__proto__', 'length'])
    expect(odd).toBeInstanceOf(PyDataclass)
  })

  test('of a class that holds more than its parts stays a reference', () => {
    const items = python.eval('Items([1, 2])')
    expect(items).not.toBeInstanceOf(PyDataclass)
    expect(told('lambda v: type(v) is Items', items)).toBe(true)
  })

  test('is live where it is reached', () => {
    const holder = python.eval(
      '__import__("types").SimpleNamespace(point=Point(1), pair=Pair(Point(2), [3]))',
    )
    holder.point.x = 7
    expect(holder.point.x).toBe(7)
    holder.pair.a.x = 8
    holder.pair.b.append(4)
    expect(Object.keys(holder.pair)).toEqual(['a', 'b'])
    expect(told('lambda h: (h.point.x, h.pair.a.x, h.pair.b)', holder)).toEqual([7, 8, [3, 4]])
  })

  test('can be made by its class', () => {
    const { constructor: Point } = python.eval('Point3()')
    const parts = 'lambda p: type(p) is Point3 and (p.x, p.y, p.z)'
    expect(told(parts, new Point({ x: 5, z: 6 }))).toEqual([5, null, 6])
    expect(told(parts, new Point())).toEqual([0, null, 3])
    expect(() => told(parts, new Point({ other: 1 }))).toThrow('other')
    const Own = class extends Point {} as typeof Point
    expect(told(parts, new Own({ y: 6 }))).toEqual([0, 6, 3])
    const { constructor: Late } = python.eval('Late()')
    expect(told('lambda p: (p.given, p.made)', new Late({ given: 2, made: 3 }))).toEqual([2, 3])
    refusal('CONVERSION', () => told(parts, new (PyDataclass as new () => object)()))
  })

  test('that fails when it is read says so', () => {
    python.exec(`
@dataclass
class Failing:
    a: int = 1
    def __getattribute__(self, name):
        if name == 'a': raise RuntimeError('not now')
        return object.__getattribute__(self, name)`)
    expect(() => python.eval('[Failing(), Point(1)]')).toThrow('not now')
    expect(python.eval('[Point(1)]')[0].x).toBe(1)
  })
})

describe('a namedtuple in JavaScript', () => {
  test('has its fields, is frozen, and can be iterated', () => {
    const pair = python.eval('Pair(1, [2])')
    expect(Object.entries(pair)).toEqual(Object.entries({ a: 1, b: [2] }))
    const [a, b] = pair
    expect([a, b]).toEqual([1, [2]])
    expect(Object.isFrozen(pair)).toBe(true)
    expect(JSON.stringify(pair)).toBe('{"a":1,"b":[2]}')
  })

  test('goes back with what was changed within it', () => {
    const pair = python.eval('Pair(Point(1), [2])')
    pair.a.x = 5
    pair.b.push(6)
    expect(told('lambda p: same(p, Pair(Point(5), [2, 6])) or repr(p)', pair)).toBe(true)
  })

  test('of a class of its own keeps what that has, and needs no constructor', () => {
    python.exec('derived = tuple.__new__(Derived, (1, 2)); derived.note = "kept"')
    const home = 'lambda d: (type(d) is Derived, d.sum(), d.note)'
    expect(told(home, python.eval('derived'))).toEqual([true, 3, 'kept'])
  })

  test('can be made by its class', () => {
    const { constructor: Pair } = python.eval('Pair(1, 2)')
    expect(told('lambda p: same(p, Pair(3, 4))', new Pair({ a: 3, b: 4 }))).toBe(true)
  })

  test.each(['sys.version_info', '__import__("ast").Name("a")', '(1, 2)'])(
    'is not %s',
    (source) => {
      expect(python.eval(source)).not.toBeInstanceOf(PyNamedTuple)
    },
  )
})

describe('sharing and circles', () => {
  test('what occurs twice arrives once, at any level', () => {
    const [p, { deep }, q] = python.eval(
      '(lambda p: [p, {"deep": [p]}, Point(Pair(p, p), Point(p))])(Point(1))',
    )
    for (const same of [deep[0], q.x.a, q.x.b, q.y.x]) expect(same).toBe(p)
    expect(told('lambda p, q: q.x.a is p and q.x.b is p and q.y.x is p', p, q)).toBe(true)
  })

  test('an object that is in itself', () => {
    python.exec('p = Point(1); p.y = {"me": [p, Pair(p, 1)]}')
    const p = python.eval('p')
    expect(p.y.me[0]).toBe(p)
    expect(p.y.me[1].a).toBe(p)
    expect(told('lambda p: p.y["me"][0] is p and p.y["me"][1].a is p', p)).toBe(true)
  })

  test('two that hold each other', () => {
    python.exec('p = Point(1); q = Point(p); p.y = q')
    const [p, q] = python.eval('[p, q]')
    expect(p.y).toBe(q)
    expect(told('lambda p, q: p.y is q and q.x is p', p, q)).toBe(true)
  })

  test('a namedtuple in itself is refused on its way back: a tuple needs its items first', () => {
    python.exec('a = []; pair = Pair(a, 1); a.append(pair)')
    const pair = python.eval('pair')
    expect(pair.a[0]).toBe(pair)
    expect(refusal('CONVERSION', () => told('lambda p: p', pair))).toMatch(/of itself/)
    expect(told('lambda p: p', [1])).toEqual([1])
  })

  test('a key is complete when it is hashed', () => {
    const value = python.eval(
      '(lambda k: [{k: 1}, Point({k: 2}), {Frozen(Frozen(k)): {Pair(k, 3)}}])(Frozen((1, 2)))',
    )
    python.exec(`
def are_keys(value):
    key = Frozen((1, 2))
    return (value[0][key], value[1].x[key], value[2][Frozen(Frozen(key))] == {Pair(key, 3)})`)
    expect(told('are_keys', value)).toEqual([1, 2, true])
  })

  test('a list of 20,000 links, and a tower of namedtuples', () => {
    python.exec(`
node = tower = None
for i in range(20000): node = Point(i, node)
for i in range(3000): tower = One(tower)
def count(node, name):
    links = 0
    while node is not None: node = getattr(node, name); links += 1
    return links`)
    expect(told('count', python.eval('node'), 'y')).toBe(20_000)
    expect(told('count', python.eval('tower'), 'only')).toBe(3000)
  })
})

test('any tree of them comes home as it was', () => {
  const leaf = fc.oneof(
    fc.integer().map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => `float('${x}')`),
    fc.constantFrom('None', 'True', '"text"', '(1, 2.0)', '{1.5: 2.0}'),
  )
  const { value } = fc.letrec<{ value: string }>((tie) => {
    const two = fc.tuple(tie('value'), tie('value')).map((both) => both.join(', '))
    const items = fc.array(tie('value'), { maxLength: 3 }).map((all) => `[${all.join(', ')}]`)
    const makers = ['Point', 'Pair', 'Slotted', 'Point3'].map((name) =>
      two.map((both) => `${name}(${both})`),
    )
    return {
      value: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        leaf,
        ...makers,
        tie('value').map((a) => `FrozenSlots(${a})`),
        items,
        items.map((all) => `dict(enumerate(${all}))`),
      ),
    }
  })
  fc.assert(
    // In a list: a whole float by itself is the one that is not told from an int.
    fc.property(value, (source) =>
      Boolean(told(`lambda home: same([${source}], home)`, python.eval(`[${source}]`))),
    ),
    { numRuns: 300 },
  )
})

test('many at once, among other things', () => {
  python.exec(
    'def rows(): return [[i, Point(i, str(i)), Pair(i, {"key": Point(i)})] for i in range(2000)]',
  )
  const rows = python.eval('rows()')
  expect(rows[1999][2].b.key.x).toBe(1999)
  expect(told('lambda home: same(home, rows())', rows)).toBe(true)
})

test('from and to other threads', async () => {
  const swap = python.eval('lambda p, f: Point(p.y, f(Pair(p.x, Point(9))))')
  const seen: unknown[] = []
  const callback = (pair: { a: number; b: object }): object => {
    seen.push(Object.keys(pair), pair.b.constructor.name)
    return pair.b
  }
  const result = await swap.async(python.eval('Point(1, [2])'), callback)
  expect(seen).toEqual([['a', 'b'], 'Point'])
  expect(result.x).toEqual([2])
  expect(result.y.x).toBe(9)
})

test("in mode 'strict' every number of theirs is a float", () => {
  const types = python.eval('lambda p: (type(p.x).__name__, type(p.y).__name__)')
  const { constructor: Point } = python.eval('Point()')
  const point = new Point({ x: 1, y: 2n })
  expect(withOptions(types, { mode: 'strict' })(point)).toEqual(['float', 'int'])
})
