import { describe, expect, test } from 'vitest'
import { PythonError, python } from '../../lib/index.js'

describe('for…of', () => {
  test.each([
    ['a list', '[1, 2]', [1, 2]],
    ['a dict, by its keys', '{"a": 1, "b": 2}', ['a', 'b']],
    ['a range', 'range(3)', [0, 1, 2]],
    ['a generator', '(x * x for x in range(3))', [0, 1, 4]],
    ['bytes', 'bytearray(b"ab")', [97, 98]],
    ['nothing', '[]', []],
  ])('goes through %s', (_, source, expected) => {
    expect([...python.eval(`__import__('types').SimpleNamespace(v=${source})`).v]).toEqual(expected)
  })

  test('reaches what a container holds, and copies what an iterator gives', () => {
    const rows = python.ref([[1], [2]])
    for (const row of rows) row.append(0)
    expect(python.copy(rows)).toEqual([
      [1, 0],
      [2, 0],
    ])
    const generator = python.eval('([n] for n in (1, 2))')
    expect(Array.isArray([...generator][0])).toBe(true)
  })

  test('stops early without harm', () => {
    for (const n of python.eval('__import__("itertools").count()')) {
      if (n === 3) break
    }
    const [first, second] = python.eval('range(10)')
    expect([first, second]).toEqual([0, 1])
  })

  test('throws what the iterator raises, after the values before it', () => {
    const seen: number[] = []
    const run = () => {
      for (const n of python.eval('(1 // (2 - n) for n in range(5))')) seen.push(n)
    }
    expect(run).toThrow(PythonError)
    expect(seen).toEqual([0, 1])
  })

  test('of what is not iterable is a TypeError, as for any object', () => {
    expect(() => [...python.eval('object()')]).toThrow(TypeError)
    expect(python.eval('object()')[Symbol.iterator]).toBeUndefined()
    expect(python.builtins.list[Symbol.iterator]).toBeUndefined()
  })

  test('sees what is added to a list meanwhile', () => {
    const list = python.ref([1, 2])
    const seen: number[] = []
    for (const n of list) {
      seen.push(n)
      if (n === 1) list.append(3)
    }
    expect(seen).toEqual([1, 2, 3])
  })
})
