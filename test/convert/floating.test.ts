import fc from 'fast-check'
import { expect, test } from 'vitest'
import { python } from '../../lib/index.js'
import { refusal } from '../fixtures/thrown.js'

const echo = python.eval('lambda value: value')
const first = python.eval('lambda items: items[0]')

test.each([
  ['1.5', 1.5],
  ['1e-8', 1e-8],
  ['-0.0', -0],
  ['float("inf")', Number.POSITIVE_INFINITY],
  ['float("-inf")', Number.NEGATIVE_INFINITY],
  ['float("nan")', Number.NaN],
  ['5e-324', Number.MIN_VALUE],
  ['1.7976931348623157e308', Number.MAX_VALUE],
  ['2.0**53', 2 ** 53],
  ['-(2.0**53)', -(2 ** 53)],
])('%s arrives as the same number, and goes back as a float', (source, value) => {
  expect(python.eval(source)).toBe(value)
  expect(python.eval(`[${source}]`)[0]).toBe(value)
  expect(python.eval('lambda value: type(value).__name__')(value)).toBe('float')
  expect(echo(value)).toBe(value)
  expect(first([value])).toBe(value)
})

test('-0 keeps its sign in Python', () => {
  expect(
    python.eval('lambda *values: [__import__("math").copysign(1, v) for v in values]')(-0, 0),
  ).toEqual([-1, 1])
  expect(python.eval('lambda items: __import__("math").copysign(1, items[0])')([-0])).toBe(-1)
})

test('every number comes back, with the type that the rule gives it', () => {
  const typeName = python.eval('lambda value: type(value).__name__')
  fc.assert(
    fc.property(fc.oneof(fc.double(), fc.maxSafeInteger(), fc.integer()), (value) => {
      expect(echo(value)).toBe(value)
      expect(echo([value])[0]).toBe(value)
      const whole = Number.isSafeInteger(value) && !Object.is(value, -0)
      expect(typeName(value)).toBe(whole ? 'int' : 'float')
    }),
  )
})

test.each(['{-0.0: 1}', '{-0.0}', 'frozenset([-0.0])', '{(1,): 0, -0.0: 1}'])(
  '-0.0 as a key of %s is refused: JavaScript would keep 0',
  (source) => {
    expect(refusal('CONVERSION', () => python.eval(source))).toContain('-0.0')
  },
)
