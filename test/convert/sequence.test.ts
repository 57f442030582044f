import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { python } from '../../lib/index.js'
import { refusal } from '../fixtures/thrown.js'

const echo = python.eval('lambda value: value')
const repr = python.eval('repr')

describe('list ⇄ Array', () => {
  test.each([
    ['[]', []],
    ['[1, "a", None, True, 2.5]', [1, 'a', null, true, 2.5]],
    ['[[1], [[2]], []]', [[1], [[2]], []]],
    ['[(1,), {"a": [2]}]', [[1], { a: [2] }]],
  ])('%s arrives as %o', (source, value) => {
    expect(python.eval(source)).toEqual(value)
    expect(Object.isFrozen(python.eval(source))).toBe(false)
    expect(python.eval(`lambda value: value == ${source}`)(python.eval(source))).toBe(true)
  })

  test('an Array of any realm is a list', () => {
    expect(repr(runInNewContext('[1, [2]]'))).toBe('[1, [2]]')
  })

  test('a million items cross both ways', () => {
    const items = python.eval('list(range(1_000_000))') as number[]
    expect(items.length).toBe(1_000_000)
    expect(items[999_999]).toBe(999_999)
    expect(python.eval('sum')(items)).toBe(499_999_500_000)
    expect((echo(items.map(String)) as string[])[123_456]).toBe('123456')
  })

  test('a frozen Array is a list still: only what came from a tuple goes back as one', () => {
    expect(repr(Object.freeze([1]))).toBe('[1]')
    expect(echo(Object.freeze([1]))).toEqual([1])
  })
})

describe('tuple ⇄ frozen Array', () => {
  test.each([
    ['()', '()'],
    ['(1,)', '(1,)'],
    ['(1, (2, [3]))', '(1, (2, [3]))'],
    ['[(1, 2), [3]]', '[(1, 2), [3]]'],
    ['{"a": (1,)}', "{'a': (1,)}"],
  ])('%s comes back as it was', (source, expected) => {
    expect(repr(python.eval(source))).toBe(expected)
  })

  test('it cannot be changed here', () => {
    const tuple = python.eval('(1, 2)') as number[]
    expect(Array.isArray(tuple)).toBe(true)
    expect(tuple).toEqual([1, 2])
    expect(() => tuple.push(3)).toThrow(TypeError)
  })

  test('a copy of it is a list', () => {
    expect(repr([...(python.eval('(1, 2)') as number[])])).toBe('[1, 2]')
    expect(repr(python.eval('(1, 2)').map((n: number) => n + 1))).toBe('[2, 3]')
  })

  test('it can be a key', () => {
    const map = python.eval('{(1, 2): "a", (3,): "b"}') as Map<unknown, string>
    expect([...map]).toEqual([
      [[1, 2], 'a'],
      [[3], 'b'],
    ])
    expect(repr(map)).toBe("{(1, 2): 'a', (3,): 'b'}")
  })
})

describe('an Array that is not plain keeps its identity', () => {
  const sparse: unknown[] = []
  sparse[2 ** 32 - 2] = 1
  const inherited = Object.setPrototypeOf(Object.assign(Array(2), [1]), [0, 0])
  class Row extends Array<number> {}

  test.each<[string, unknown]>([
    // biome-ignore lint/suspicious/noSparseArray: the hole is what is tested.
    ['a hole', [1, , 3]],
    ['a hole after many numbers', Object.assign(Array.from({ length: 999 }, Number), { 1000: 1 })],
    ['only holes', Array(5)],
    ['a length of 2**32 - 1', Array(2 ** 32 - 1)],
    ['numbers, and then holes up to 2**32 - 1', Object.assign(Array(2 ** 32 - 1), [1, 2, 3])],
    ['a hole before an item far away', sparse],
    ['a hole that its prototype fills', inherited],
    ['a subclass', Row.from([1])],
    ['no prototype', Object.setPrototypeOf([1], null)],
  ])('%s', (_, value) => {
    expect(echo(value)).toBe(value)
    const around = [[1], value, { rows: [value] }]
    const [one, itself, rows] = echo(around) as [unknown, unknown, { rows: unknown[] }]
    expect(one).toEqual([1])
    expect(itself).toBe(value)
    expect(rows.rows[0]).toBe(value)
  })
})

describe('an accessor of an Array', () => {
  test('is read, as any reader of the Array would', () => {
    const array = Object.defineProperty([1, 2], 1, { get: () => 3, enumerable: true })
    expect(echo(array)).toEqual([1, 3])
  })

  test('that shortens the Array leaves a hole: it is not plain', () => {
    const array: unknown[] = [1, 2, 3, 4]
    Object.defineProperty(array, 0, {
      get: () => {
        array.length = 2
        return 1
      },
    })
    expect(echo(array)).toBe(array)
  })

  test('cannot write another value meanwhile', () => {
    const array: unknown[] = [1, 2]
    Object.defineProperty(array, 1, { get: () => echo([5]) })
    expect(refusal('CONVERSION', () => echo(array))).toContain('ran while a value crossed')
    expect(echo([6])).toEqual([6])
  })
})
