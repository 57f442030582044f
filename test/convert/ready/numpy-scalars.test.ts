// Scalars of NumPy: they count as their value, and come home as their type.
import { afterAll, expect, test } from 'vitest'
import { converters, python } from '../../../lib/index.js'
import { skipLoudly } from '../../fixtures/pythons.js'

if (python.eval('__import__("importlib.util").util.find_spec("numpy")') === null) {
  skipLoudly('scalars of NumPy', `${python.info.executable} has no numpy`)
} else {
  python.exec(`
import numpy as np
def same(one, other): return type(one) is type(other) and one.dtype == other.dtype and one.tobytes() == other.tobytes()
`)
  const { numpyScalars } = converters
  afterAll(python.register(numpyScalars))
  const { js: Scalar } = numpyScalars
  const home = (source: string, value: unknown): unknown =>
    python.eval(`lambda home: same(${source}, home) or repr(home)`)(value)

  test.each<[string, string, unknown]>([
    ['np.float64(1.0)', 'float64', 1],
    ['np.float32(1.5)', 'float32', 1.5],
    ['np.float16(-0.0)', 'float16', -0],
    ['np.float32(0.1)', 'float32', Math.fround(0.1)],
    ['np.float64("nan")', 'float64', Number.NaN],
    ['np.int8(-5)', 'int8', -5],
    ['np.uint8(255)', 'uint8', 255],
    ['np.int32(7)', 'int32', 7],
    ['np.int64(2 ** 60)', 'int64', 2n ** 60n],
    ['np.uint64(2 ** 64 - 1)', 'uint64', 2n ** 64n - 1n],
    ['np.bool_(True)', 'bool', true],
    ['np.bool_(False)', 'bool', false],
    ['np.str_("text")', 'str128', 'text'],
    ['np.longdouble("1.5")', 'longdouble', 1.5],
    ['np.longdouble("0.1")', 'longdouble', 0.1],
  ])('%s is a %s', (source, dtype, value) => {
    const scalar = python.eval(source)
    expect(scalar).toBeInstanceOf(Scalar)
    if (dtype !== 'longdouble') expect(scalar.dtype).toBe(dtype)
    expect(scalar.value).toBe(value)
    expect(scalar.valueOf()).toBe(value)
    expect(`${scalar}`).toBe(String(value))
    expect(home(source, scalar)).toBe(true)
    expect(home(source, python.eval(`{"a": [${source}]}`).a[0])).toBe(true)
  })

  test.each([
    'np.datetime64("2020-01-01")',
    'np.timedelta64(5, "s")',
    'np.bytes_(b"a")',
    'np.zeros(1, "i4,f8")[0]',
    'np.array([1])',
  ])('%s stays a reference', (source) => {
    const value = python.eval(source)
    expect(value).not.toBeInstanceOf(Scalar)
  })

  test.each([
    [new Scalar('float32', 1.5), 'np.float32(1.5)'],
    [new Scalar('float64', 1), 'np.float64(1)'],
    [new Scalar('int16', -3), 'np.int16(-3)'],
    [new Scalar('uint64', 2n ** 63n), 'np.uint64(2 ** 63)'],
    [new Scalar('bool', true), 'np.bool_(True)'],
  ])('%s that JavaScript makes is %s', (scalar, source) => {
    expect(home(source, scalar)).toBe(true)
  })

  test('they count', () => {
    const mean = python.eval('np.array([1.0, 2.0]).mean()')
    expect(mean + 1).toBe(2.5)
    expect(mean > 1).toBe(true)
    expect(JSON.stringify({ mean })).toBe('{"mean":1.5}')
  })

  test('what does not fit is refused by NumPy', () => {
    expect(() => home('1', new Scalar('int8', 1000))).toThrow()
    expect(() => home('1', new Scalar('nothing', 1))).toThrow('nothing')
  })
}
