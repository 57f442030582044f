// A float that is a whole number: python.float says so, and a container remembers.
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { PyFloat, python } from '../../lib/index.js'
import { refusal } from '../fixtures/thrown.js'

const repr = python.eval('repr')
const last = python.eval('lambda value: value')

describe('python.float', () => {
  test.each<[number, string]>([
    [1, '1.0'],
    [-0, '-0.0'],
    [1.5, '1.5'],
    [2 ** 60, '1.152921504606847e+18'],
    [Number.NaN, 'nan'],
  ])('of %d is %s there', (number, expected) => {
    expect(repr(python.float(number))).toBe(expected)
    expect(repr([python.float(number)])).toBe(`[${expected}]`)
  })

  test('is a number of a sort', () => {
    const one = python.float(1)
    expect(one).toBeInstanceOf(PyFloat)
    expect(Number(one) + 1).toBe(2)
    expect(`${one} ${python.float(-0)} ${python.float(2.5)} ${python.float(1e21)}`).toBe(
      '1.0 -0.0 2.5 1e+21',
    )
    expect(JSON.stringify({ one })).toBe('{"one":1}')
    expect(inspect(one)).toBe('PyFloat(1.0)')
    expect(() => Object.assign(one, { value: 2 })).toThrow(TypeError)
  })

  test('is of numbers only', () => {
    refusal('INVALID_ARGUMENT', () => python.float('1' as never))
    refusal('INVALID_ARGUMENT', () => python.float(1n as never))
  })
})

describe('a container remembers which of its numbers are floats', () => {
  test.each([
    '[1.0, 2.0]',
    '[1.0, 2, 3.0]',
    '(1.0, 2.5)',
    "{'a': 1.0, 'b': 2}",
    '{1.0: 2.0, 3: 4}',
    '{1.0, 2.5}',
    'frozenset([2.0])',
    "[[1.0], {'a': (2.0,)}]",
  ])('%s', (source) => {
    expect(repr(python.eval(source))).toBe(python.eval(`repr(${source})`))
    expect(repr(python.eval(`[${source}] * 2`))).toBe(python.eval(`repr([${source}] * 2)`))
  })

  test('what is put into a list of floats is one; into another place, by its value', () => {
    const floats = python.eval('[1.0, 2.5]')
    floats.push(7)
    expect(repr(floats)).toBe('[1.0, 2.5, 7.0]')
    const mixed = python.eval('[1.0, 2]')
    mixed.push(7)
    mixed[0] = 9
    expect(repr(mixed)).toBe('[9.0, 2, 7]')
  })

  test('a copy that JavaScript makes does not: that is the hole', () => {
    expect(repr(python.eval('[1.0]').map((n: number) => n))).toBe('[1]')
    expect(repr(last(python.eval('1.0')))).toBe('1')
  })

  test('many, and in runs', () => {
    const source = '[float(i) for i in range(5000)] + [i for i in range(5)] + [0.5, 1.0]'
    expect(python.eval(`lambda back: repr(back) == repr(${source})`)(python.eval(source))).toBe(
      true,
    )
  })
})
