// Annotations of a callable steer what crosses in its calls.
import { describe, expect, test } from 'vitest'
import { kw, python, withOptions } from '../../lib/index.js'

python.exec(`
import functools, typing
from pybridge import Ref
class Meta(type): pass
class Point:
    def __init__(self, x: float, y: 'float' = 0.5): self.x, self.y = x, y
    def move(self, by: float): return repr(by)
    @classmethod
    def origin(cls, x: float): return repr(x)
    @staticmethod
    def norm(x: float): return repr(x)
    def __call__(self, by: float): return repr(by)
class Child(Point): pass
def plain(x): return repr(x)
def typed(x: int, y: str = '') -> str: return repr(x)
def one(x: float): return repr(x)
def later(x: 'float'): return repr(x)
def all_of(*xs: float, **named: float): return repr([xs, named])
def by_name(*, x: float): return repr(x)
def mixed(a, b: float, c: int, d: float): return repr([a, b, c, d])
def optional(x: typing.Optional[float] = None): return repr(x)
def listed(x: typing.List[float]): return repr(x)
def named(x: typing.Dict[str, float]): return repr(x)
def paired(x: typing.Tuple[str, float]): return repr(x)
def either(x: typing.Union[int, float]): return repr(x)
def big() -> float: return 2 ** 70
def bigs() -> 'typing.List[float]': return [2 ** 70, 1]
def wrong(x: 'NoSuchName', y: 'float'): return repr([x, y])
@functools.wraps(one)
def wrapped(*args): return one(*args)
`)
const f = (name: string) => python.eval(name)

describe('a float parameter', () => {
  test.each<[string, unknown[], string]>([
    ['plain', [1], '1'],
    ['typed', [1], '1'],
    ['one', [1], '1.0'],
    ['one', [1.5], '1.5'],
    ['one', [true], 'True'],
    ['one', ['text'], "'text'"],
    ['one', [null], 'None'],
    ['later', [1], '1.0'],
    ['all_of', [1, 2, kw({ a: 3 })], "[(1.0, 2.0), {'a': 3.0}]"],
    ['by_name', [kw({ x: 1 })], '1.0'],
    ['mixed', [1, 2, 3, 4], '[1, 2.0, 3, 4.0]'],
    ['mixed', [1, kw({ d: 4, b: 2, c: 3 })], '[1, 2.0, 3, 4.0]'],
    ['optional', [1], '1.0'],
    ['optional', [null], 'None'],
    ['listed', [[1, 2]], '[1.0, 2.0]'],
    ['listed', [[1, [2, { a: 3 }]]], "[1.0, [2.0, {'a': 3.0}]]"],
    ['named', [{ a: 1, b: 2.5 }], "{'a': 1.0, 'b': 2.5}"],
    ['paired', [['a', 1]], "['a', 1.0]"],
    ['either', [1], '1'],
    ['wrong', [1, 2], '[1, 2]'],
    ['wrapped', [1], '1.0'],
    ['Point.origin', [1], '1.0'],
    ['Point.norm', [1], '1.0'],
    ['Point(0.5)', [1], '1.0'],
  ])('%s%o gets %s', async (name, args, expected) => {
    const callable = f(name)
    expect(callable(...args)).toBe(expected)
    expect(callable(...args)).toBe(expected)
    expect(await callable.async(...args)).toBe(expected)
    expect(withOptions(callable, { timeout: 10_000 })(...args)).toBe(expected)
  })

  test('of a class, its methods, and a class derived from it', () => {
    const both = python.eval('lambda p: repr([p.x, p.y])')
    expect(both(f('Point')(1))).toBe('[1.0, 0.5]')
    expect(both(new (f('Point'))(1, 2))).toBe('[1.0, 2.0]')
    expect(both(f('Child')(1, kw({ y: 3 })))).toBe('[1.0, 3.0]')
    const point = f('Point')(1)
    for (let i = 0; i < 3; i++) expect(point.move(i)).toBe(`${i}.0`)
  })

  test('a mode that is asked for goes before', () => {
    expect(withOptions(f('one'), { mode: 'exact' })(1)).toBe('1')
    expect(withOptions(f('one'), { returns: 'ref' })(1).upper()).toBe('1.0')
  })

  test('a dataclass', () => {
    python.exec(`
import dataclasses
@dataclasses.dataclass
class Row:
    weight: float
    count: int
`)
    expect(python.eval('repr')(f('Row')(1, 2))).toBe('Row(weight=1.0, count=2)')
  })

  test('of a builtin, which has none, is as ever', () => {
    expect(python.eval('repr')(1)).toBe('1')
    expect(python.import('math').floor(5)).toBe(5)
    expect(python.eval('functools.partial(plain)')(1)).toBe('1')
  })
})

describe('a float result', () => {
  test('is a number, however large the int that is returned', () => {
    expect(f('big')()).toBe(2 ** 70)
    expect(f('bigs')()).toEqual([2 ** 70, 1])
    expect(withOptions(f('big'), { returns: 'exact' })()).toBe(2n ** 70n)
  })
})

const hasAnnotated = python.eval('hasattr(typing, "Annotated")')

describe.skipIf(!hasAnnotated)('Annotated[…, pybridge.Ref], from Python 3.9 on', () => {
  if (!hasAnnotated) return
  python.exec(`
from typing import Annotated
def kind(x: Annotated[list, Ref], y): return [type(x).__name__, type(y).__name__]
def identity(x: 'Annotated[object, Ref]'): return x
def kept() -> Annotated[list, Ref]: return [1]
`)

  test('a parameter is not copied', () => {
    expect(f('kind')([1], [1])).toEqual(['JsProxy', 'list'])
    const list = [1]
    expect(f('identity')(list)).toBe(list)
    expect(f('identity')(1)).toBe(1)
  })

  test('nor is the result', () => {
    const list = f('kept')()
    list.append(2)
    expect(python.copy(list)).toEqual([1, 2])
  })
})

test('what is called often is asked for once', () => {
  python.exec(`
asked = 0
class Annotations(dict):
    def values(self):
        global asked
        asked += 1
        return super().values()
def counted(x: int): return x
counted.__annotations__ = Annotations(x=int)
`)
  for (let i = 0; i < 5; i++) expect(f('counted')(i)).toBe(i)
  expect(python.eval('asked')).toBe(1)
})
