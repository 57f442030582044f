// Decimal to decimal.js, losslessly: where that cannot hold one, its object remembers it.
import { createRequire } from 'node:module'
import { Decimal } from 'decimal.js'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { converters, type DecimalClass, python } from '../../../lib/index.js'
import { refusal } from '../../fixtures/thrown.js'

python.exec(`
from decimal import Decimal
class Sub(Decimal): pass
kept = {}
def keep(value):
    kept[0] = value
    return value
is_kept = lambda home: home is kept[0]
`)
afterAll(python.register(converters.decimal(Decimal)))
const isKept = python.eval('is_kept')

test.each([
  ['1.5', '1.5'],
  ['1.50', '1.5'],
  ['1E+3', '1000'],
  ['0.00', '0'],
  ['-0', '-0'],
  ['-0E+5', '-0'],
  ['NaN', 'NaN'],
  ['-NaN', 'NaN'],
  ['NaN123', 'NaN'],
  ['sNaN', 'NaN'],
  ['-sNaN7', 'NaN'],
  ['Infinity', 'Infinity'],
  ['-Infinity', '-Infinity'],
  ['1E-400', '1e-400'],
  [
    '123456789012345678901234567890.123456789012345678901234567890',
    '1.2345678901234567890123456789012345678901234567890123456789e+29',
  ],
])('Decimal("%s") reads %s, and comes home as itself', (source, text) => {
  const value = python.eval(`keep(Decimal("${source}"))`)
  expect(value).toBeInstanceOf(Decimal)
  expect(value.valueOf()).toBe(text)
  expect(isKept(value)).toBe(true)
  expect(isKept(python.eval('[kept[0]]')[0])).toBe(true)
})

test('of a subclass comes home as itself', () => {
  expect(isKept(python.eval('keep(Sub("1.20"))'))).toBe(true)
})

test.each(['1E+999999999999999999', '1E-999999999999999999'])(
  'Decimal("%s"), whose exponent decimal.js does not have, stays a reference',
  (source) => {
    const value = python.eval(`keep(Decimal("${source}"))`)
    expect(value).not.toBeInstanceOf(Decimal)
    expect(isKept(value)).toBe(true)
  },
)

describe('what JavaScript makes', () => {
  const text = python.eval('lambda d: (type(d) is Decimal, str(d))')

  test.each([
    ['0.1', '0.1'],
    ['-0', '-0'],
    ['NaN', 'NaN'],
    ['-Infinity', '-Infinity'],
    ['1e-9000', '1E-9000'],
    ['123456789.123456789123456789123456789', '123456789.123456789123456789123456789'],
  ])('%s', (source, expected) => {
    expect(text(new Decimal(source))).toEqual([true, expected])
  })

  test('what it calculates with one that came', () => {
    const value = python.eval('Decimal("1.50")')
    expect(text(value.plus(1))).toEqual([true, '2.5'])
    expect(text(value.neg().abs())).toEqual([true, '1.5'])
    expect(text(value)).toEqual([true, '1.50'])
  })

  test('one whose insides were changed is what it is then', () => {
    const value = python.eval('Decimal("1.50")')
    value.s = -1
    expect(text(value)).toEqual([true, '-1.5'])
  })

  test('of a clone of its class', () => {
    const Clone = Decimal.clone({ precision: 5 })
    expect(text(new Clone('1.25'))).toEqual([true, '1.25'])
    python.withConverters(converters.decimal(Clone), () => {
      const value = python.eval('keep(Decimal("1.23456789"))')
      expect(value.constructor).toBe(Clone)
      expect(value.toString()).toBe('1.23456789')
      expect(isKept(value)).toBe(true)
    })
  })

  test('any of them', () => {
    const same = python.eval(
      'lambda d, text: d == Decimal(text) and d.is_signed() == Decimal(text).is_signed()',
    )
    const source = fc
      .tuple(
        fc.boolean(),
        fc.bigInt({ min: 0n, max: 10n ** 60n }),
        fc.integer({ min: -500, max: 500 }),
      )
      .map(([minus, digits, exponent]) => `${minus ? '-' : ''}${digits}e${exponent}`)
    fc.assert(
      fc.property(source, (text) => {
        const home = python.eval('lambda text: keep(Decimal(text))')(text)
        return same(new Decimal(text), text) && isKept(home) && home.eq(text)
      }),
    )
  })
})

describe('the class', () => {
  test('is that of decimal.js where none is given', () => {
    const required = createRequire(import.meta.url)('decimal.js')
    python.withConverters(converters.decimal(), () => {
      expect(python.eval('Decimal("2")')).toBeInstanceOf(required)
    })
  })

  test.each([5, {}, null, class {}, Number])('is not %s', (given) => {
    refusal('INVALID_ARGUMENT', () => converters.decimal(given as unknown as DecimalClass))
  })
})
