import fc from 'fast-check'
import { expect, test } from 'vitest'
import { python } from '../../lib/index.js'

const echo = python.eval('lambda value: value')
const typeName = python.eval('lambda value: type(value).__name__')
const first = python.eval('lambda items: items[0]')

test.each([
  ['0', 0],
  ['-1', -1],
  ['2**31 - 1', 2 ** 31 - 1],
  ['2**31', 2 ** 31],
  ['-(2**31)', -(2 ** 31)],
  ['-(2**31) - 1', -(2 ** 31) - 1],
  ['2**32', 2 ** 32],
  ['2**53 - 1', Number.MAX_SAFE_INTEGER],
  ['-(2**53) + 1', Number.MIN_SAFE_INTEGER],
  ['2**53', 2n ** 53n],
  ['-(2**53)', -(2n ** 53n)],
  ['2**53 + 1', 2n ** 53n + 1n],
  ['2**63 - 1', 2n ** 63n - 1n],
  ['2**63', 2n ** 63n],
  ['-(2**63)', -(2n ** 63n)],
  ['-(2**63) - 1', -(2n ** 63n) - 1n],
  ['2**64', 2n ** 64n],
  ['-(2**64)', -(2n ** 64n)],
  ['2**200 + 1', 2n ** 200n + 1n],
  ['10**5000', 10n ** 5000n],
  ['-(10**5000)', -(10n ** 5000n)],
])('%s arrives exactly, and goes back as the same int', (source, value) => {
  expect(python.eval(source)).toBe(value)
  expect(python.eval(`[${source}, (${source},)]`)).toEqual([value, [value]])
  expect(python.eval(`lambda value: value == ${source} and type(value) is int`)(value)).toBe(true)
  expect(first([value])).toBe(value)
})

test.each([0n, 1n, -1n, 2n ** 31n, 2n ** 53n - 1n, -(2n ** 53n) + 1n])(
  '%s, a small bigint, is a pybridge.BigInt, and goes back as a bigint',
  (value) => {
    expect(typeName(value)).toBe('BigInt')
    expect(python.eval('lambda value: isinstance(value, int)')(value)).toBe(true)
    expect(echo(value)).toBe(value)
    expect(first([value])).toBe(value)
    expect(python.eval('lambda value: value + 0')(value)).toBe(Number(value))
  },
)

test('a bigint beyond the safe integers is a plain int', () => {
  expect(typeName(2n ** 53n)).toBe('int')
  expect(typeName(-(2n ** 53n))).toBe('int')
})

test('pybridge.BigInt is made in Python too, at any size', () => {
  expect(python.eval('[__import__("pybridge").BigInt(n) for n in (0, -5, 2**53, 10**30)]')).toEqual(
    [0n, -5n, 2n ** 53n, 10n ** 30n],
  )
})

test('the limit on decimal digits does not apply', () => {
  const digits = 9n * 10n ** 20_000n
  expect(echo(digits)).toBe(digits)
  expect(echo(-digits)).toBe(-digits)
})

test.each([
  ['1.0', 1],
  ['-1.0', -1],
  ['0.0', 0],
  ['2.0**53 - 1', 2 ** 53 - 1],
])('the only hole: %s comes back as an int', (source, value) => {
  expect(python.eval(source)).toBe(value)
  expect(typeName(python.eval(source))).toBe('int')
})

test.each([2 ** 53, -(2 ** 53), 1e300, -0, 0.5])('%d is a float in Python', (value) => {
  expect(typeName(value)).toBe('float')
  expect(first([value])).toBe(value)
})

test('every bigint comes back', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }), (value) => {
      expect(echo(value)).toBe(value)
      expect(echo([value])).toEqual([value])
    }),
  )
})

test('Python and JavaScript print the same digits', () => {
  const text = python.eval('lambda value: format(value, "x")')
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }), (value) => {
      expect(text(value)).toBe(value.toString(16))
    }),
  )
})
