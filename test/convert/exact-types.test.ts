// Rules 1 to 3: exact types are copied; a subclass, and everything else, is a reference that comes home.
import { describe, expect, test } from 'vitest'
import { python } from '../../lib/index.js'

const echo = python.eval('lambda value: value')

python.exec(`
import collections, datetime, decimal, enum, fractions, pathlib, types, uuid
from dataclasses import dataclass

class Number(enum.IntEnum):
    ONE = 1

class Text(str):
    pass

class TextEnum(str, enum.Enum):
    A = 'a'

class Rows(list):
    pass

class Half(float):
    pass

Pair = collections.namedtuple('Pair', 'a b')

@dataclass
class Point:
    x: int = 1

class Slotted:
    __slots__ = ('a',)

class Liar:
    'Says that it is a dict.'
    @property
    def __class__(self):
        return dict

class Thrower:
    @property
    def __class__(self):
        raise RuntimeError('asked for my class')
`)

test.each([
  'Number.ONE',
  'Text("a")',
  'TextEnum.A',
  'Rows([1])',
  'Half(0.5)',
  'Pair(1, 2)',
  'Point()',
  'Slotted()',
  'Liar()',
  'Thrower()',
  'collections.OrderedDict(a=1)',
  'collections.defaultdict(list)',
  'collections.Counter("a")',
  'collections.deque([1])',
  'type("B", (bytes,), {})(b"a")',
  'type("S", (set,), {})()',
  'type("F", (frozenset,), {})()',
  'type("M", (__import__("pybridge").Map,), {})()',
  'type("I", (__import__("pybridge").BigInt,), {})(1)',
  'complex(1, 2)',
  'range(3)',
  'slice(1, 2)',
  'datetime.time(12)',
  'type("Later", (datetime.datetime,), {})(2020, 1, 1)',
  'datetime.date(2020, 1, 1)',
  'datetime.timedelta(1)',
  'decimal.Decimal("1.50")',
  'fractions.Fraction(1, 3)',
  'uuid.UUID(int=1)',
  'pathlib.PurePosixPath("/a")',
  'types.SimpleNamespace(a=1)',
  'types.MappingProxyType({})',
  '{}.keys()',
  'iter([])',
  '(n for n in [])',
  'lambda: 1',
  'len',
  'int',
  'types',
  'object()',
  'Ellipsis',
  'NotImplemented',
])('%s is a reference, and comes home as the identical object', (source) => {
  python.exec(`kept = ${source}`)
  const proxy = python.eval('kept')
  expect(['object', 'function']).toContain(typeof proxy)
  expect(python.eval('lambda value: value is kept')(proxy)).toBe(true)
  expect(echo(proxy)).toBe(proxy)
  const [inList] = python.eval('[kept]')
  expect(inList).toBe(proxy)
  expect(python.eval('lambda d: d["a"][0] is kept')({ a: [proxy] })).toBe(true)
})

test('a proxy is a key of a Map and an item of a Set, by the hash of its object', () => {
  const half = python.eval('fractions.Fraction(1, 2)')
  expect(python.eval('lambda d: d[fractions.Fraction(1, 2)]')(new Map([[half, 'half']]))).toBe(
    'half',
  )
  expect(python.eval('lambda s: 0.5 in s')(new Set([half]))).toBe(true)
  expect(() =>
    echo(
      new Map<unknown, number>([
        [half, 1],
        [0.5, 2],
      ]),
    ),
  ).toThrow('equal in Python')
})

describe('functions of JavaScript', () => {
  const functions: [string, (...args: never[]) => unknown][] = [
    ['a function', function plain() {}],
    ['an arrow function', () => {}],
    ['an async function', async () => {}],
    ['a generator function', function* () {}],
    ['a class', class Foo {} as never],
    ['a bound function', (() => {}).bind(null)],
    ['a builtin', Math.max],
    ['a Proxy of a function', new Proxy(() => {}, {})],
  ]

  test.each(functions)('%s is a JsProxy, and comes home', (_, f) => {
    expect(python.eval('lambda value: type(value).__name__')(f)).toBe('JsProxy')
    expect(echo(f)).toBe(f)
    expect(echo([f, { f }])).toEqual([f, { f }])
    expect(echo([f])[0]).toBe(f)
    python.eval('globals().__setitem__')('kept', f)
    expect(python.eval('kept')).toBe(f)
  })

  test('one JsProxy for each: identity is kept there', () => {
    const f = () => {}
    const g = () => {}
    expect(
      python.eval('lambda a, b, c: [a is b, a is c[0], a == b, hash(a) == hash(b)]')(f, f, [f]),
    ).toEqual([true, true, true, true])
    expect(python.eval('lambda a, b: [a is b, a == b, len({a, b})]')(f, g)).toEqual([
      false,
      false,
      2,
    ])
  })
})
