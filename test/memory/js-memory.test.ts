// Memory of JavaScript's, seen from Python: native/memory/js_memory.cpp, lib/convert/js-memory.ts.
import { types } from 'node:util'
import { expect, test } from 'vitest'
import { kw, python, withOptions } from '../../lib/index.js'
import { isCopied } from '../fixtures/memory-items.js'
import { refusal } from '../fixtures/thrown.js'
import { WasmMemory } from '../fixtures/web-assembly.js'

const echo = python.eval('lambda value, *others, **keywords: value')
const last = python.eval('lambda *values: values[-1]')
const named = python.eval('lambda *, key: key')
const describe = python.eval('lambda m: (type(m).__name__, m.format, m.nbytes, m.readonly)')

test.each([
  ['Int8Array', new Int8Array(3), 'b', 3],
  ['Uint8Array', new Uint8Array(3), 'B', 3],
  ['Uint8ClampedArray', new Uint8ClampedArray(3), 'B', 3],
  ['Int16Array', new Int16Array(3), 'h', 6],
  ['Uint16Array', new Uint16Array(3), 'H', 6],
  ['Int32Array', new Int32Array(3), 'i', 12],
  ['Uint32Array', new Uint32Array(3), 'I', 12],
  ['Float32Array', new Float32Array(3), 'f', 12],
  ['Float64Array', new Float64Array(3), 'd', 24],
  ['BigInt64Array', new BigInt64Array(3), 'q', 24],
  ['BigUint64Array', new BigUint64Array(3), 'Q', 24],
  ['DataView', new DataView(new ArrayBuffer(8), 2, 3), 'B', 3],
  ['ArrayBuffer', new ArrayBuffer(5), 'B', 5],
  ['SharedArrayBuffer', new SharedArrayBuffer(5), 'B', 5],
  ['a Uint16Array of a SharedArrayBuffer', new Uint16Array(new SharedArrayBuffer(8), 2, 2), 'H', 4],
  ['a growable SharedArrayBuffer', new SharedArrayBuffer(5, { maxByteLength: 9 }), 'B', 5],
  ['memory of WebAssembly', new WasmMemory({ initial: 1 }).buffer, 'B', 65_536],
  ['a subclass', new (class Floats extends Float32Array {})(2), 'f', 8],
  ['an empty one', new Float64Array(0), 'd', 0],
])('%s is a memoryview, and comes home', async (_, value, format, size) => {
  const isShared = types.isSharedArrayBuffer(ArrayBuffer.isView(value) ? value.buffer : value)
  expect(describe(value)).toEqual(['memoryview', format, size, isCopied && !isShared])
  expect(echo(value)).toBe(value)
  expect(last(1, value)).toBe(value)
  expect(withOptions(echo, { timeout: 10_000 })(value)).toBe(value)
  expect(named(kw({ key: value }))).toBe(value)
  expect(echo([value])[0]).toBe(value)
  expect(echo({ value }).value).toBe(value)
  expect(python.ref(value)).toBe(value)
  expect(python`${value}`).toBe(value)
  expect(python.eval('lambda f: f()')(() => value)).toBe(value)
  expect((await echo.async([value]))[0]).toBe(value)
})

test.skipIf(isCopied)('both sides see what either writes', () => {
  const numbers = new Float64Array([1, 2, 3])
  python.exec('def double(m):\n  for i, each in enumerate(m): m[i] = 2 * each')
  python.eval('double')(numbers)
  expect([...numbers]).toEqual([2, 4, 6])
  python.exec('kept = None\ndef keep(m):\n  global kept\n  kept = m')
  python.eval('keep')(numbers)
  numbers[1] = 40
  expect(python.eval('kept.tolist()')).toEqual([2, 40, 6])
  expect(python.eval('kept')).toBe(numbers)
  python.exec('kept = None')
})

test.skipIf(isCopied)('an off-thread call sees the same memory', async () => {
  const bytes = new Uint8Array(4)
  python.exec('def fill(m, value):\n  for i in range(len(m)): m[i] = value')
  await python.eval('fill').async(bytes, 7)
  expect([...bytes]).toEqual([7, 7, 7, 7])
})

test.skipIf(isCopied)('a part of it is another object of Python’s', () => {
  const bytes = new Uint8Array([1, 2, 3])
  const rest = withOptions(python.eval('lambda m: m[1:]'), { returns: 'ref' })(bytes)
  expect(rest.tolist()).toEqual([2, 3])
  bytes[2] = 30
  expect(rest.tolist()).toEqual([2, 30])
})

test.skipIf(isCopied)('a Buffer is bytes, and memory where it is asked for', () => {
  const buffer = Buffer.from([1, 2, 3])
  expect(python.eval('lambda b: type(b).__name__')(buffer)).toBe('bytes')
  const memory = python.memory(buffer, { readonly: true })
  const isReadonly = python.eval('lambda m: memoryview(m).readonly')
  expect(isReadonly(memory)).toBe(true)
  expect(isReadonly(python.memory(buffer))).toBe(false)
  buffer[0] = 10
  expect(python.eval('lambda m: bytes(m)')(memory)).toEqual(Buffer.from([10, 2, 3]))
})

test('it has the shape that it is given', () => {
  const memory = python.memory(new Int16Array([1, 2, 3, 4, 5, 6]), { shape: [2, 3] })
  expect(python.eval('lambda m: memoryview(m).tolist()')(memory)).toEqual([
    [1, 2, 3],
    [4, 5, 6],
  ])
  expect(
    python.eval('lambda m: memoryview(m).tolist()')(
      python.memory(new Int8Array([5]), { shape: [] }),
    ),
  ).toBe(5)
})

test('tracemalloc is told of it', () => {
  python.exec('import tracemalloc\ntracemalloc.start()')
  const traced = python.eval('lambda: tracemalloc.get_traced_memory()[0]')
  const before = traced()
  const memory = python.memory(new Uint8Array(1_000_000))
  expect(traced() - before).toBeGreaterThan(999_000)
  memory[Symbol.dispose]()
  expect(traced() - before).toBeLessThan(100_000)
  python.exec('tracemalloc.stop()')
})

test('what was transferred or can be resized is refused, with its place', () => {
  const gone = new ArrayBuffer(8)
  const view = new Uint8Array(gone)
  structuredClone(gone, { transfer: [gone] })
  for (const each of [gone, view]) {
    expect(refusal('CONVERSION', () => echo([{ a: each }]))).toContain(
      'argument 0 → [0].a is memory that was transferred',
    )
  }
  const resizable = new Uint8Array(new ArrayBuffer(8, { maxByteLength: 16 }))
  expect(refusal('CONVERSION', () => echo(resizable))).toContain('can be resized')
})

test('what has more bytes than a Uint8Array is refused as that', ({ skip }) => {
  if (process.env.LD_PRELOAD?.includes('asan')) return skip('a sanitizer marks each of its bytes')
  const large = orUndefined(() => new Float64Array(2 ** 30))
  if (large === undefined) return skip('this runtime, or machine, has no array of 8 GiB')
  if (orUndefined(() => new Uint8Array(large.buffer)) !== undefined) {
    return skip('a Uint8Array can have as many')
  }
  expect(refusal('CONVERSION', () => echo(large))).toContain('has 8589934592 bytes')
})

function orUndefined<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}

test('shapes that do not fit are refused', () => {
  const six = new Uint8Array(6)
  expect(refusal('CONVERSION', () => python.memory(six, { shape: [4] }))).toContain(
    '6 items have no shape [4]',
  )
  for (const shape of [[-6], [1.5, 4], ['6'], 6, null]) {
    refusal('INVALID_ARGUMENT', () => python.memory(six, { shape: shape as number[] }))
  }
  for (const value of [[1], 'a', 1, null, undefined, {}]) {
    refusal('INVALID_ARGUMENT', () => python.memory(value as unknown as Uint8Array))
  }
})

test('a shape that changes, or whose reader transfers the memory, is no way out of it', () => {
  const bytes = new Uint8Array(100_000)
  const transfer = (): number => {
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
    return 100_000
  }
  const shape = Object.defineProperty([0], 0, { get: transfer })
  refusal('INVALID_ARGUMENT', () => python.memory(bytes, { shape }))
  let asked = 0
  const growing = Object.defineProperty([6], 0, { get: () => 6 ** ++asked })
  const length = python.eval('lambda m: len(memoryview(m))')
  expect(length(python.memory(new Uint8Array(6), { shape: growing }))).toBe(6)
})

test('shapes without items have strides that can be counted', () => {
  const shape = python.eval('lambda m: memoryview(m).shape')
  const none = new Float64Array(0)
  expect(shape(python.memory(none, { shape: [3, 0, 5] }))).toEqual([3, 0, 5])
  refusal('CONVERSION', () => python.memory(none, { shape: [0, 2 ** 52, 2 ** 52] }))
})

test('JSON has none', () => {
  expect(
    refusal('CONVERSION', () => withOptions(echo, { mode: 'json' })(new Uint8Array(1))),
  ).toContain('JSON')
})
