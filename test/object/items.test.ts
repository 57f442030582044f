import { describe, expect, test } from 'vitest'
import { PythonError, python } from '../../lib/index.js'
import { refusal } from '../fixtures/thrown.js'

describe('an item by number', () => {
  test('is read from a sequence', () => {
    const list = python.ref(['a', ['b']])
    expect(list[0]).toBe('a')
    expect(python.copy(list[1])).toEqual(['b'])
    list[1].append('c')
    expect(python.copy(list)).toEqual(['a', ['b', 'c']])
  })

  test('is read from anything with __getitem__', () => {
    const squares = python`
      class Squares:
          def __getitem__(self, index):
              if index > 3: raise IndexError(index)
              return index * index
      Squares()
    `
    expect(squares[3]).toBe(9)
    expect(squares[4]).toBeUndefined()
    expect([...squares]).toEqual([0, 1, 4, 9])
  })

  test('beyond the end is undefined, as in JavaScript', () => {
    expect(python.ref([1])[5]).toBeUndefined()
    expect(1 in python.ref([1])).toBe(false)
    expect(0 in python.ref([1])).toBe(true)
  })

  test('is not an item of a dict, whose keys could be numbers or strings', () => {
    expect(python.ref(new Map([[0, 'zero']]))[0]).toBeUndefined()
  })

  test('is set where Python allows it', () => {
    const list = python.ref([1, 2])
    list[0] = [9]
    expect(python.copy(list)).toEqual([[9], 2])
    expect(() => {
      list[7] = 1
    }).toThrow(PythonError)
  })

  test('below zero is refused with advice', () => {
    expect(refusal('INVALID_ARGUMENT', () => python.ref([1])[-1])).toContain('python`${proxy}[-1]`')
    expect(python`${python.ref([1, 2])}[-1]`).toBe(2)
  })

  test('raises what __getitem__ raises', () => {
    const bad = python`
      class Bad:
          def __getitem__(self, index): raise OSError('disk')
      Bad()
    `
    expect(() => bad[0]).toThrow('disk')
  })
})
