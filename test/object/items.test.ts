import { describe, expect, test } from 'vitest'
import { python } from '../../lib/index.js'
import { refusal } from '../fixtures/thrown.js'

describe('proxy[0] indexes a sequence', () => {
  test.each([
    ['a list', 'ref', '[5, 6]', 5],
    ['a bytearray', 'eval', 'bytearray(b"ab")', 97],
    ['a memoryview', 'eval', 'memoryview(b"ab")', 97],
    ['a range', 'eval', 'range(3, 9)', 3],
    ['a deque', 'eval', '__import__("collections").deque([5])', 5],
    ['a namedtuple', 'eval', '__import__("collections").namedtuple("P", "x y")(5, 6)', 5],
    ['a list subclass', 'eval', 'type("L", (list,), {})([5])', 5],
    [
      'a class with __getitem__',
      'eval',
      'type("G", (), {"__getitem__": lambda self, i: i * 2})()',
      0,
    ],
  ])('%s', (_, how, source, first) => {
    const proxy = how === 'ref' ? python.ref(python.eval(source)) : python.eval(source)
    expect(proxy[0]).toBe(first)
    expect(proxy['0']).toBe(first)
    expect(0 in proxy).toBe(true)
  })

  test('out of range is undefined, as in JavaScript', () => {
    const list = python.ref([1])
    expect(list[1]).toBeUndefined()
    expect(list[4294967294]).toBeUndefined()
    expect(1 in list).toBe(false)
  })

  test.each([-1, -0.5, -10])('%d: negative', (index) => {
    const list = python.ref([1, 2])
    if (!Number.isInteger(index)) return expect(list[index]).toBeUndefined()
    for (const use of [
      () => list[index],
      () => index in list,
      () => {
        list[index] = 5
      },
    ]) {
      expect(refusal('INVALID_ARGUMENT', use)).toContain(`python\`\${proxy}[${index}]\``)
    }
    expect(python.copy(list)).toEqual([1, 2])
    expect(python`${list}[-1]`).toBe(2)
  })

  test('what is no sequence has no items by number', () => {
    expect(python.eval('object()')[0]).toBeUndefined()
    expect(python.ref({ 0: 'no' })[0]).toBeUndefined()
    expect(python.eval('__import__("collections").OrderedDict({0: 1})')[0]).toBeUndefined()
    expect(python.builtins.len[0]).toBeUndefined()
    expect(0 in python.ref(new Map([[0, 1]]))).toBe(false)
  })

  test('another exception of __getitem__ is thrown', () => {
    const proxy = python.eval('type("G", (), {"__getitem__": lambda self, i: 1 / 0})()')
    expect(() => proxy[0]).toThrow('division by zero')
  })
})

describe('proxy[0] = value', () => {
  test('writes the item, converted like an argument', () => {
    const list = python.ref([1, 2])
    list[1] = { a: [1n] }
    expect(python.eval('repr')(list)).toBe("[1, {'a': [1]}]")
  })

  test('what Python refuses is thrown', () => {
    expect(() => {
      python.ref([1])[1] = 2
    }).toThrow('list assignment index out of range')
    expect(() => {
      python.eval('range(3)')[0] = 1
    }).toThrow('does not support item assignment')
  })

  test('what is no sequence has no items by number', () => {
    const dict = python.ref({ a: 1 })
    refusal('INVALID_ARGUMENT', () => {
      dict[0] = 'zero'
    })
    refusal('INVALID_ARGUMENT', () => {
      python.eval('__import__("types").SimpleNamespace()')[0] = 1
    })
    expect(python.copy(dict)).toEqual({ a: 1 })
  })
})

test('the tag does everything else', () => {
  const list = python.ref([1, 2, 3, 4])
  expect(python`${list}[1:3]`).toEqual([2, 3])
  python`${list}[::2] = ${[9, 9]}`
  python`
    del ${list}[0]
  `
  expect(python.copy(list)).toEqual([2, 9, 4])
  const dict = python.ref({ a: 1 })
  expect(python`${dict}['a']`).toBe(1)
  expect(python`${dict}[${'b'}] = 2`).toBe(null)
  expect(python.copy(dict)).toEqual({ a: 1, b: 2 })
})
