// Rule 7: crossing copies, reaching does not.
import { describe, expect, test } from 'vitest'
import { python } from '../../lib/index.js'

python.exec(`
import types
def make():
    return types.SimpleNamespace(
        rows=[[1, 2], {'a': [3]}], table={'k': []}, tags={'x'}, buffer=bytearray(b'ab'),
        pair=([1], 2), frozen=frozenset(['y']), other={1: []}, name='n', raw=b'xy')
`)
const make = python.eval('make')

describe('an attribute', () => {
  test('that is a list, dict, set or bytearray is live', () => {
    const space = make()
    space.rows.append(5)
    space.table.update({ more: 1 })
    space.tags.add('z')
    space.buffer.append(99)
    expect(python.copy(space.rows)).toEqual([[1, 2], { a: [3] }, 5])
    expect(python.copy(space.table)).toEqual({ k: [], more: 1 })
    expect(python.copy(space.tags)).toEqual(new Set(['x', 'z']))
    expect(python.eval('bytes')(space.buffer).toString()).toBe('abc')
  })

  test('is live at any depth', () => {
    const space = make()
    space.rows[0].append(7)
    space.rows[1].get('a')
    expect(python.copy(space.rows)).toEqual([[1, 2, 7], { a: [3] }])
  })

  test('that is a tuple or a frozenset is copied, and what is mutable in it is live', () => {
    const space = make()
    const [inner, two] = space.pair
    expect(two).toBe(2)
    inner.append(9)
    expect(python.eval('lambda s: s.pair[0]')(space)).toEqual([1, 9])
    expect(space.frozen).toEqual(new Set(['y']))
  })

  test('that is a scalar is a value', () => {
    const space = make()
    expect([space.name, space.raw.toString()]).toEqual(['n', 'xy'])
  })

  test('is the same reference each time', () => {
    const space = make()
    expect(space.rows).toBe(space.rows)
    expect(space.rows[0]).toBe(space.rows[0])
  })
})

test('an item reached by index is live', () => {
  const list = python.ref([[1], { a: 1 }, 'text'])
  list[0].append(2)
  expect(python.copy(list)).toEqual([[1, 2], { a: 1 }, 'text'])
  expect(list[2]).toBe('text')
})

describe('iteration', () => {
  test('over a container reaches', () => {
    const list = python.ref([[1], [2]])
    for (const row of list) row.append(0)
    expect(python.copy(list)).toEqual([
      [1, 0],
      [2, 0],
    ])
  })

  test('of an iterator or a generator copies, as a call does', () => {
    python.exec('kept = [[1], [2]]')
    for (const source of ['iter(kept)', '(row for row in kept)', 'map(list, kept)', 'zip(kept)']) {
      for (const row of python.eval(source)) expect(Array.isArray(row)).toBe(true)
    }
  })
})

describe('crossing at a call copies', () => {
  test.each<[string, (source: string) => unknown]>([
    ['the result', (source) => python.eval(`lambda: ${source}`)()],
    ['eval', (source) => python.eval(source)],
    ['the tag', (source) => python.eval(source)],
    [
      'the argument of a callback',
      (source) => {
        let seen: unknown
        python.eval(`lambda f: f(${source})`)((value: unknown) => {
          seen = value
        })
        return seen
      },
    ],
  ])('%s', (_, get) => {
    expect(get('[[1], {"a": []}]')).toEqual([[1], { a: [] }])
    expect(get('{1: {2}}')).toEqual(new Map([[1, new Set([2])]]))
  })

  test('an argument is a copy: Python changes its own', () => {
    const rows = [[1]]
    python.eval('lambda rows: rows[0].append(2)')(rows)
    expect(rows).toEqual([[1]])
  })

  test('a proxy as argument is the object itself', () => {
    const list = python.ref([1])
    python.eval('lambda rows: rows.append(2)')(list)
    expect(python.copy(list)).toEqual([1, 2])
  })
})

describe('python.copy', () => {
  test('copies all, or as many levels as wanted', () => {
    const list = python.ref([[1, [2]], { a: [3] }])
    expect(python.copy(list)).toEqual([[1, [2]], { a: [3] }])
    const shallow = python.copy(list, { depth: 1 })
    expect(shallow[0]).toBe(list[0])
    expect(python.copy(shallow[0])).toEqual([1, [2]])
    const two = python.copy(list, { depth: 2 })
    expect(two[0][0]).toBe(1)
    expect(two[0][1]).toBe(list[0][1])
    expect(python.copy(list, { depth: 0 })).toBe(list)
  })

  test('gives what is no container as it is', () => {
    const math = python.import('math')
    expect(python.copy(math)).toBe(math)
    expect(python.copy(5)).toBe(5)
    expect(python.copy(null)).toBe(null)
    const array = [1]
    expect(python.copy(array)).toBe(array)
    expect(python.copy(python.ref('text'))).toBe('text')
    expect(python.copy(python.ref(7n))).toBe(7n)
  })

  test('gives what a subclass holds, whatever its own methods say', () => {
    python.exec(`
import enum, collections
class TextEnum(str, enum.Enum):
    A = 'a'
class Loud(list):
    def __iter__(self): raise RuntimeError('asked')
class Shouting(dict):
    def keys(self): raise RuntimeError('asked')
class Half(float):
    def __float__(self): raise RuntimeError('asked')
`)
    expect(python.copy(python.eval('TextEnum.A'))).toBe('a')
    expect(python.copy(python.eval('Loud([1, [2]])'))).toEqual([1, [2]])
    expect(python.copy(python.eval('Shouting(a=1)'))).toEqual({ a: 1 })
    expect(python.copy(python.eval('Half(0.5)'))).toBe(0.5)
    expect(python.copy(python.eval('collections.namedtuple("P", "x")(1)'))).toEqual([1])
    expect(python.copy(python.eval('type("S", (set,), {})([1])'))).toEqual(new Set([1]))
    expect(python.copy(python.eval('type("F", (frozenset,), {})([1])'))).toEqual(new Set([1]))
    expect(python.copy(python.eval('type("B", (bytes,), {})(b"a")')).toString()).toBe('a')
    expect(python.copy(python.eval('type("I", (int,), {})(2**70)'))).toBe(2n ** 70n)
  })

  test('keeps a Map a Map, and a small bigint a bigint', () => {
    expect(python.copy(python.ref(new Map([['a', 1]])))).toEqual(new Map([['a', 1]]))
    expect(python.copy(python.ref(7n))).toBe(7n)
  })

  test.each([-1, 1.5, Number.NaN, '2'])('has no depth of %s', (depth) => {
    expect(() => python.copy(python.ref([]), { depth: depth as number })).toThrow(
      'INVALID_ARGUMENT',
    )
  })
})

test('python.ref keeps anything there, and gives the same reference for a reference', () => {
  const list = python.ref([1])
  expect(python.ref(list)).toBe(list)
  expect(python.eval('lambda v: v')(python.ref('text'))).toBe('text')
  expect(python.ref(5).bit_length()).toBe(3)
  const f = () => {}
  expect(python.eval('lambda v: v')(python.ref(f))).toBe(f)
})
