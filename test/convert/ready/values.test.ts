// What cannot be changed: it comes home as the very object that it was made from.
import { inspect } from 'node:util'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { converters, python } from '../../../lib/index.js'
import { refusal } from '../../fixtures/thrown.js'

python.exec(`
import fractions, pathlib, uuid, sys
from fractions import Fraction
class Sub(Fraction): pass
def same(one, other): return type(one) is type(other) and repr(one) == repr(other)
kept = []
def keep(value):
    kept.append(value)
    return value
is_kept = lambda home: home is kept.pop()
`)
const { fraction, uuid, path, complex } = converters
afterAll(python.register([fraction, uuid, path, complex]))
const isKept = python.eval('is_kept')
const home = (source: string, value: unknown): unknown =>
  python.eval(`lambda home: same(${source}, home) or repr(home)`)(value)

describe('what comes from Python', () => {
  test.each([
    ['Fraction(1, 3)', '1/3', '1/3'],
    ['Fraction(-7)', '-7', '-7'],
    ['Fraction(2 ** 80, 3)', `${2n ** 80n}/3`, `${2n ** 80n}/3`],
    ['Sub(1, 2)', '1/2', '1/2'],
    [
      'uuid.UUID(int=255)',
      '00000000-0000-0000-0000-0000000000ff',
      'UUID 00000000-0000-0000-0000-0000000000ff',
    ],
    [
      'uuid.UUID(int=5, is_safe=uuid.SafeUUID.safe)',
      '00000000-0000-0000-0000-000000000005',
      'UUID 00000000-0000-0000-0000-000000000005',
    ],
    ['pathlib.Path("/a/b c")', '/a/b c', 'Path /a/b c'],
    ['pathlib.PureWindowsPath("C:/a")', 'C:\\a', 'Path C:\\a'],
    ['pathlib.PurePosixPath("ä")', 'ä', 'Path ä'],
    ['complex(1, -2.5)', '(1-2.5j)', '(1-2.5j)'],
    ['complex("nan+infj")', '(nan+infj)', '(nan+infj)'],
    ['complex(-0.0, -0.0)', '(-0-0j)', '(-0-0j)'],
  ])('%s reads %s, and comes home as itself', (source, text, shown) => {
    const value = python.eval(`keep(${source})`)
    expect(String(value)).toBe(text)
    expect(inspect(value)).toBe(shown)
    expect(JSON.stringify({ value })).toBe(JSON.stringify({ value: text }))
    expect(Object.isFrozen(value)).toBe(true)
    expect(isKept(value)).toBe(true)
    expect(home(source, [...python.eval(`[${source}]`)][0])).toBe(true)
    expect(python.eval(`{${source}: 1}`).size).toBe(1)
  })

  test('a subclass of a number that may be anything is another matter', () => {
    python.exec('class Wave(complex):\n  def __str__(self): return "wave"')
    const wave = python.eval('keep(Wave(1, 2))')
    expect([wave.real, wave.imaginary]).toEqual([1, 2])
    expect(isKept(wave)).toBe(true)
  })

  test('its parts are of JavaScript', () => {
    const [third, z] = python.eval('[Fraction(1, 3), complex(1, 2)]')
    expect([third.numerator, third.denominator]).toEqual([1n, 3n])
    expect([z.real, z.imaginary]).toEqual([1, 2])
  })

  test('a fraction counts as the nearest number, however large its parts are', () => {
    expect(Number(python.eval('Fraction(1, 4)'))).toBe(0.25)
    expect(Number(python.eval('Fraction(10 ** 400, 10 ** 399)'))).toBe(10)
    expect(Number(python.eval('Fraction(-1, 10 ** 400)'))).toBe(-0)
  })
})

describe('what JavaScript makes', () => {
  test.each<[string, () => object, string]>([
    ['a fraction', () => new fraction.js(2n, 6n), 'Fraction(1, 3)'],
    ['a fraction of numbers', () => new fraction.js(5), 'Fraction(5)'],
    ['a UUID', () => new uuid.js('00000000-0000-0000-0000-0000000000FF'), 'uuid.UUID(int=255)'],
    ['a path', () => new path.js('/a'), 'pathlib.Path("/a")'],
    ['a complex number', () => new complex.js(-0, 1), 'complex(-0.0, 1)'],
    ['a complex number with NaN', () => new complex.js(Number.NaN, 1e300), 'complex("nan+1e300j")'],
  ])('%s goes to Python, and comes back equal', (_, make, source) => {
    expect(home(source, make())).toBe(true)
    const back = python.eval('lambda value: value')(make())
    expect(back).toBeInstanceOf(make().constructor)
    expect(home(source, back)).toBe(true)
  })

  test.each<[string, () => unknown]>([
    ['a fraction of nothing', () => new fraction.js(1n, 0n)],
    ['a UUID', () => new uuid.js('no')],
  ])('%s is refused', (_, make) => {
    refusal('INVALID_ARGUMENT', make)
  })

  test('any fraction, any complex number', () => {
    const same = python.eval('lambda f, n, d: f == Fraction(n, d)')
    const nonzero = fc.bigInt({ min: 1n, max: 2n ** 100n })
    const number = fc.double()
    const parts = python.eval('lambda z: [z.real, z.imag]')
    fc.assert(fc.property(fc.bigInt(), nonzero, (n, d) => same(new fraction.js(n, d), n, d)))
    fc.assert(
      fc.property(number, number, (re, im) => {
        const [real, imaginary] = parts(new complex.js(re, im))
        return Object.is(real, re) && Object.is(imaginary, im)
      }),
    )
  })
})
