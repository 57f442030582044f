import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { python } from '../../lib/index.js'

const echo = python.eval('lambda value: value')
const typeName = python.eval('lambda value: type(value).__name__')

test.each([
  ['set()', [], 'set'],
  ['{1, "a", None, (2, 3)}', [1, 'a', null, [2, 3]], 'set'],
  ['frozenset()', [], 'frozenset'],
  ['frozenset([1, (2,)])', [1, [2]], 'frozenset'],
  ['frozenset([frozenset([1])])', [new Set([1])], 'frozenset'],
])('%s arrives as a Set and comes back as a %3$s', (source, items, type) => {
  const set = python.eval(source)
  expect(set).toBeInstanceOf(Set)
  expect(set).toEqual(new Set(items as unknown[]))
  expect(typeName(set)).toBe(type)
  expect(python.eval(`lambda value: value == ${source}`)(set)).toBe(true)
  expect(python.eval(`lambda items: type(items[0]).__name__`)([set])).toBe(type)
})

describe('a Set of JavaScript is a pybridge.Set', () => {
  const order = python.eval('lambda s, *more: [s.add(item) for item in more] and s')

  test('which is a set, and remembers the order', () => {
    expect(typeName(new Set([1]))).toBe('Set')
    expect(python.eval('lambda s: isinstance(s, set)')(new Set([1]))).toBe(true)
    expect([...echo(new Set([3, 'b', 1, 'a', 2]))]).toEqual([3, 'b', 1, 'a', 2])
  })

  test('what Python adds comes last, and what it takes is gone', () => {
    expect([...order(new Set([9, 3]), 1)]).toEqual([9, 3, 1])
    const without = python.eval('lambda s: s.remove(5) or s')
    expect([...without(new Set([9, 5, 3]))]).toEqual([9, 3])
  })

  test('made, copied and pickled in Python, it keeps the order', () => {
    python.exec('import pybridge, pickle, copy')
    expect([...python.eval('pybridge.Set([3, 1, 2, 3])')]).toEqual([3, 1, 2])
    const again = python.eval('lambda s: pickle.loads(pickle.dumps(s))')
    expect([...again(new Set(['c', 'a', 'b']))]).toEqual(['c', 'a', 'b'])
    expect([...python.eval('copy.copy')(new Set(['c', 'a', 'b']))]).toEqual(['c', 'a', 'b'])
    expect([...python.eval('copy.deepcopy')(new Set(['c', 'a']))]).toEqual(['c', 'a'])
  })
})

test('a Set of JavaScript compares as any set', () => {
  expect(python.eval('lambda s: s == {1, "a", 2.5}')(new Set([1, 'a', 2.5]))).toBe(true)
  expect(python.eval('lambda s: s == {1}')(runInNewContext('new Set([1])'))).toBe(true)
  expect(echo(new Set([1n, undefined]))).toEqual(new Set([1n, undefined]))
})

test('frozensets nest as items and keys', () => {
  const nested = python.eval('{frozenset([1, frozenset([2])]): {frozenset(["a"])}}')
  expect(
    python.eval('lambda d: d == {frozenset([1, frozenset([2])]): {frozenset(["a"])}}')(nested),
  ).toBe(true)
})

test('100,000 items cross both ways', () => {
  const set = python.eval('set(range(100_000))') as Set<number>
  expect(set.size).toBe(100_000)
  expect(python.eval('lambda s: s == set(range(100_000))')(set)).toBe(true)
})
