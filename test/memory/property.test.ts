// For every shape, stride and part: an item of a buffer is NumPy's, and an item of NumPy's over memory
// of JavaScript's is JavaScript's.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type PyBufferRange, python } from '../../lib/index.js'
import { defineItems, hasNumpy, isCopied, plain } from '../fixtures/memory-items.js'
import { skipLoudly } from '../fixtures/pythons.js'

const runs = Number(process.env.PYBRIDGE_TEST_CASES ?? 10_000) / 2
const seed = Number(process.env.PYBRIDGE_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31))

const dtypes = [
  ...['?', 'i1', 'u1', 'i2', 'u2', 'i4', 'u4', 'i8', 'u8', 'f2', 'f4', 'f8', 'c8', 'c16'],
  ...['>i2', '>u4', '>i8', '>f2', '>f4', '>f8', '>c16', 'M8[ns]', '>m8[s]', 'S3', 'U2', '>U2'],
  ...['i1, f8', 'i1, >c8, (2,3)i2, S2', '?, (2,)f4, i1'],
]

const length = fc.integer({ min: 0, max: 4 })
const bound = fc.option(fc.integer({ min: -6, max: 6 }))
const step = fc.integer({ min: -3, max: 3 }).filter((each) => each !== 0)
const range = fc.tuple(bound, bound, step) as fc.Arbitrary<PyBufferRange>
const shape = fc.array(length, { maxLength: 4 })

/** A range of each of the first axes, and, where there is an item, sometimes its number. */
function ranges(lengths: readonly number[]): fc.Arbitrary<(PyBufferRange | number)[]> {
  const each = lengths.map((count) =>
    count === 0 ? range : fc.oneof(range, fc.integer({ min: -count, max: count - 1 })),
  )
  return fc
    .tuple(fc.nat(lengths.length), fc.tuple(...each))
    .map(([count, all]) => all.slice(0, count))
}

function shuffled(count: number): fc.Arbitrary<number[]> {
  return fc.shuffledSubarray([...Array(count).keys()], { minLength: count, maxLength: count })
}

interface Described {
  dtype: string
  shape: number[]
  axes: number[]
  part: (PyBufferRange | number)[]
  isReadonly: boolean
  seed: number
}

const described: fc.Arbitrary<Described> = shape.chain((lengths) =>
  shuffled(lengths.length).chain((axes) =>
    fc.record({
      dtype: fc.constantFrom(...dtypes),
      shape: fc.constant(lengths),
      axes: fc.constant(axes),
      part: ranges(axes.map((axis) => lengths[axis] as number)),
      isReadonly: fc.boolean(),
      seed: fc.nat(),
    }),
  ),
)

type Numbers = { readonly length: number } & Iterable<number | bigint> & Record<number, unknown>

const classes: Record<
  string,
  [make: new (buffer: ArrayBufferLike, at: number, count: number) => ArrayBufferView, dtype: string]
> = {
  Int8Array: [Int8Array, 'int8'],
  Uint8Array: [Uint8Array, 'uint8'],
  Uint8ClampedArray: [Uint8ClampedArray, 'uint8'],
  Int16Array: [Int16Array, 'int16'],
  Uint16Array: [Uint16Array, 'uint16'],
  Int32Array: [Int32Array, 'int32'],
  Uint32Array: [Uint32Array, 'uint32'],
  Float32Array: [Float32Array, 'float32'],
  Float64Array: [Float64Array, 'float64'],
  BigInt64Array: [BigInt64Array, 'int64'],
  BigUint64Array: [BigUint64Array, 'uint64'],
}

interface Given {
  name: string
  offset: number
  lengths: number[]
  isReadonly: boolean
  isShared: boolean
}

const given: fc.Arbitrary<Given> = fc.record({
  name: fc.constantFrom(...Object.keys(classes)),
  offset: fc.nat(5),
  lengths: shape,
  isReadonly: fc.boolean(),
  isShared: fc.boolean(),
})

/** Random items, a few after the beginning of their buffer, and with something behind them. */
function typedArray(wanted: {
  name: string
  offset: number
  count: number
  isShared: boolean
  seed: number
}) {
  const [Class] = classes[wanted.name] as (typeof classes)[string]
  const size = (Class as unknown as { BYTES_PER_ELEMENT: number }).BYTES_PER_ELEMENT
  const total = (wanted.offset + wanted.count + 3) * size
  const buffer = wanted.isShared ? new SharedArrayBuffer(total) : new ArrayBuffer(total)
  let state = wanted.seed
  const bytes = new Uint8Array(buffer)
  for (let i = 0; i < total; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    bytes[i] = state >>> 16
  }
  return new Class(buffer, wanted.offset * size, wanted.count) as ArrayBufferView & Numbers
}

function flat(items: unknown): unknown[] {
  return Array.isArray(items) ? items.flat(Number.POSITIVE_INFINITY) : [items]
}

function inArrays(items: unknown, path: readonly number[]): unknown {
  return path.reduce((found: unknown, index) => (found as unknown[] | undefined)?.at(index), items)
}

if (!hasNumpy) skipLoudly('arrays of every shape', `${python.info.executable} has no numpy`)
else {
  const { items } = defineItems()
  const judge = python.import('memory_arrays')

  test('a buffer and its parts have the items of the array', () => {
    const agrees = (given: Described, random: fc.GeneratorValue) => {
      const { dtype, axes, part, isReadonly } = given
      const array = judge.array_of(dtype, given.shape, axes, part, isReadonly, given.seed)
      const view = python.view(array)
      const strides = view.strides.map((each, axis) =>
        view.length > 0 && (view.shape[axis] as number) > 1 ? each : null,
      )
      expect([view.shape, strides, view.itemSize]).toEqual(judge.layout_of(array))
      const all = items(array)
      expect(view.toArray()).toEqual(all)

      const path = view.shape.map((count) => random(fc.integer, { min: -count, max: count }))
      expect(view.at(...path)).toEqual(inArrays(all, path))

      const within = random(ranges, view.shape)
      const chosen = within.some(Array.isArray)
        ? view.slice(...within)
        : view.at(...(within as number[]))
      expect(plain(chosen)).toEqual(judge.part_of(array, within))
      if (/^u?int|^float(32|64)/.test(view.dtype)) expect([...view.copy()]).toEqual(flat(all))
      view.release()
    }
    fc.assert(fc.property(described, fc.gen(), agrees), { numRuns: runs, seed })
  })

  test('an array over memory of JavaScript’s has its items', () => {
    const agrees = (
      { name, offset, lengths, isReadonly, isShared }: Given,
      random: fc.GeneratorValue,
    ) => {
      const count = lengths.reduce((product, each) => product * each, 1)
      const values = typedArray({ name, offset, count, isShared, seed: random(fc.nat) })
      const memory = python.memory(values, { shape: lengths, readonly: isReadonly })
      const [dtype, found, cannotWrite, all] = judge.described(memory)
      const isFixed = isReadonly || isCopied
      expect([dtype, found, cannotWrite]).toEqual([classes[name]?.[1], lengths, isFixed])
      expect(flat(all)).toEqual([...values])
      const [, , , alone] = judge.described(values)
      expect(alone).toEqual([...values])
      memory[Symbol.dispose]()
      if (isFixed || count === 0) return

      const place = lengths.map((each) => random(fc.integer, { min: 0, max: each - 1 }))
      const index = place.reduce((at, each, axis) => at * (lengths[axis] as number) + each, 0)
      const value = typeof values[0] === 'bigint' ? 7n : 7
      judge.set_item(python.memory(values, { shape: lengths }), place, value)
      expect(values[index]).toBe(value)
    }
    fc.assert(fc.property(given, fc.gen(), agrees), { numRuns: runs, seed })
  })
}
