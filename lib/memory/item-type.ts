// What one item of a buffer is, as PEP 3118 writes it: `d`, `>i`, `5w`, `T{<i:a:<d:b:}`.

import { endianness } from 'node:os'
import process from 'node:process'
import { BridgeError } from '../errors/bridge-error.js'
import { readBfloat16, readByte, readComplex, readFloat16, readText } from './read-item.js'
import type { TypedArray } from './typed-array.js'

export type TypedArrayClass = new (
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
) => TypedArray

/** A part of a structured item. */
export interface Field {
  readonly name: string
  readonly offset: number
  readonly type: ItemType
}

export interface ItemType {
  /** As NumPy calls it: `float64`, `>f8`, `S5`, `datetime64[ns]`. */
  readonly name: string
  /** In bytes. */
  readonly size: number
  /** What its items are in this machine's own byte order; null where no typed array has them. */
  readonly array: TypedArrayClass | null
  /** How many elements of the typed array an item takes. */
  readonly elements: number
  /** Of a structured item, in order. */
  readonly fields: readonly Field[] | null
  /** Lengths of an item that is an array itself. */
  readonly shape: readonly number[]
  /** The value of an item; null where JavaScript has none. */
  readonly read: Reader | null
}

export type Reader = (view: DataView, offset: number) => unknown

const isLittle = endianness() === 'LE'
const isWindows = process.platform === 'win32'

type Kind = 'bool' | 'int' | 'uint' | 'float' | 'complex' | 'byte' | 'bytes' | 'text' | 'raw'

interface Code {
  readonly kind: Kind
  /** In this machine's own way, and the standard one. */
  readonly size: number
  readonly standard?: number
}

const long = isWindows ? 4 : 8

/** The letters of PEP 3118 and of Python's `struct`, with their sizes in bytes. */
const codes: Readonly<Record<string, Code>> = {
  '?': { kind: 'bool', size: 1 },
  b: { kind: 'int', size: 1 },
  B: { kind: 'uint', size: 1 },
  h: { kind: 'int', size: 2 },
  H: { kind: 'uint', size: 2 },
  i: { kind: 'int', size: 4 },
  I: { kind: 'uint', size: 4 },
  l: { kind: 'int', size: long, standard: 4 },
  L: { kind: 'uint', size: long, standard: 4 },
  q: { kind: 'int', size: 8 },
  Q: { kind: 'uint', size: 8 },
  n: { kind: 'int', size: 8 },
  N: { kind: 'uint', size: 8 },
  e: { kind: 'float', size: 2 },
  f: { kind: 'float', size: 4 },
  d: { kind: 'float', size: 8 },
  Zf: { kind: 'complex', size: 8 },
  Zd: { kind: 'complex', size: 16 },
  c: { kind: 'byte', size: 1 },
  s: { kind: 'bytes', size: 1 },
  p: { kind: 'raw', size: 1 },
  u: { kind: 'text', size: 2 },
  w: { kind: 'text', size: 4 },
  x: { kind: 'raw', size: 1 },
}

const classes: Readonly<Record<string, TypedArrayClass>> = {
  bool1: Uint8Array,
  int1: Int8Array,
  uint1: Uint8Array,
  int2: Int16Array,
  uint2: Uint16Array,
  int4: Int32Array,
  uint4: Uint32Array,
  int8: BigInt64Array as unknown as TypedArrayClass,
  uint8: BigUint64Array as unknown as TypedArrayClass,
  float2: (globalThis as { Float16Array?: TypedArrayClass }).Float16Array ?? Uint16Array,
  float4: Float32Array,
  float8: Float64Array,
  complex8: Float32Array,
  complex16: Float64Array,
}

const readers: Readonly<Record<string, (little: boolean) => Reader>> = {
  bool1: () => (view, at) => view.getUint8(at) !== 0,
  int1: () => (view, at) => view.getInt8(at),
  uint1: () => (view, at) => view.getUint8(at),
  int2: (little) => (view, at) => view.getInt16(at, little),
  uint2: (little) => (view, at) => view.getUint16(at, little),
  int4: (little) => (view, at) => view.getInt32(at, little),
  uint4: (little) => (view, at) => view.getUint32(at, little),
  int8: (little) => (view, at) => view.getBigInt64(at, little),
  uint8: (little) => (view, at) => view.getBigUint64(at, little),
  float2: (little) => (view, at) => readFloat16(view.getUint16(at, little)),
  float4: (little) => (view, at) => view.getFloat32(at, little),
  float8: (little) => (view, at) => view.getFloat64(at, little),
  complex8: (little) => (view, at) =>
    readComplex(view.getFloat32(at, little), view.getFloat32(at + 4, little)),
  complex16: (little) => (view, at) =>
    readComplex(view.getFloat64(at, little), view.getFloat64(at + 8, little)),
}

const leaf = { elements: 1, fields: null, shape: [], array: null, read: null }

function rawType(size: number): ItemType {
  return { ...leaf, name: `V${size}`, size }
}

function typeOf(kind: Kind, size: number, unit: number, isForeign: boolean): ItemType {
  const little = isLittle !== isForeign
  if (kind === 'byte') return { ...leaf, name: 'S1', size, read: readByte }
  if (kind === 'bytes') return { ...leaf, name: `S${size}`, size, read: readText(size, 1, little) }
  if (kind === 'text') {
    return { ...leaf, name: `U${size / unit}`, size, read: readText(size, unit, little) }
  }
  const key = kind + size
  const read = readers[key]
  if (kind === 'raw' || read === undefined) return rawType(size)
  const plain = kind === 'bool' ? 'bool' : `${kind}${size * 8}`
  const mark = kind === 'complex' ? 'c' : kind.charAt(0)
  return {
    ...leaf,
    name: isForeign && size > 1 ? `${isLittle ? '>' : '<'}${mark}${size}` : plain,
    size,
    array: isForeign && size > 1 ? null : (classes[key] as TypedArrayClass),
    elements: kind === 'complex' ? 2 : 1,
    read: read(little),
  }
}

/** Times and dates of NumPy's are 64-bit integers, and a bfloat16 is half of a float. */
function renamed(type: ItemType, name: string): ItemType {
  if (name === '') return type
  if (name !== 'bfloat16') return { ...type, name }
  return { ...type, name, read: (view, at) => readBfloat16(view.getUint16(at, isLittle)) }
}

const known = new Map<string, ItemType>()

/**
 * What the items of a buffer are.
 *
 * @param name what they are called, where the format cannot tell; else ''
 * @throws {@link BridgeError} `CONVERSION` where they are objects of Python's
 */
export function itemTypeOf(format: string, itemSize: number, name: string): ItemType {
  const key = `${format} ${itemSize} ${name}`
  let type = known.get(key)
  if (type === undefined) {
    type = renamed(new Format(format, itemSize).type(), name)
    if (known.size < mostKnown) known.set(key, type)
  }
  return type
}

const mostKnown = 1000

/** Reads a format once. */
class Format {
  #at = 0
  #order = '@'
  readonly #text: string
  readonly #itemSize: number

  constructor(text: string, itemSize: number) {
    this.#text = text
    this.#itemSize = itemSize
  }

  /** Where it cannot be read, or means another size, the bytes are what they are. */
  type(): ItemType {
    const type = this.#next()
    if (type === null || this.#at < this.#text.length) return rawType(this.#itemSize)
    if (type.size === this.#itemSize) return type
    return this.#ofSize(this.#itemSize) ?? rawType(this.#itemSize)
  }

  /**
   * A letter that says another size than the item has: ctypes once wrote `<l` for eight bytes, and
   * writes `<u` for the four of a `wchar_t`. A byte that is larger is a union, or packed.
   */
  #ofSize(size: number): ItemType | null {
    const code = codes[this.#text.slice(-1)]
    if (!/^[@=<>!^]?[a-zA-Z]$/.test(this.#text) || code === undefined) return null
    if (code.size === 1 || !['int', 'uint', 'text'].includes(code.kind)) return null
    return typeOf(code.kind, size, size, this.#isForeign)
  }

  get #isForeign(): boolean {
    return isLittle ? /[>!]/.test(this.#order) : this.#order === '<'
  }

  #take(pattern: RegExp): string {
    const sticky = new RegExp(pattern.source, 'y')
    sticky.lastIndex = this.#at
    const found = sticky.exec(this.#text)?.[0] ?? ''
    this.#at += found.length
    return found
  }

  #next(): ItemType | null {
    const order = this.#take(/[@=<>!^]/)
    if (order !== '') this.#order = order
    const shape = this.#take(/\([\d, ]*\)/)
    const inner = this.#one()
    if (inner === null || shape === '') return inner
    return arrayType(inner, shape.slice(1, -1).split(',').map(Number))
  }

  #one(): ItemType | null {
    const order = this.#take(/[@=<>!^]/)
    if (order !== '') this.#order = order
    const count = this.#take(/\d+/)
    if (this.#take(/T\{/) !== '') return count === '' ? this.#struct() : null
    if (this.#take(/O/) !== '') throw objects()
    const letter = this.#take(/Z[fd]|[?bBhHiIlLqQnNefdcspuwx]/)
    const code = codes[letter]
    if (code === undefined) return null
    const isNative = this.#order === '@' || this.#order === '^'
    const unit = isNative ? code.size : (code.standard ?? code.size)
    const repeats = count === '' ? 1 : Number(count)
    if (code.kind === 'bytes' || code.kind === 'text' || code.kind === 'raw') {
      return typeOf(code.kind, unit * repeats, unit, this.#isForeign)
    }
    const type = typeOf(code.kind, unit, unit, this.#isForeign)
    return repeats === 1 ? type : arrayType(type, [repeats])
  }

  #struct(): ItemType | null {
    const fields: Field[] = []
    let size = 0
    while (this.#take(/\}/) === '') {
      const isPadding = /^[@=<>!^]?\d*x/.test(this.#text.slice(this.#at))
      const type = this.#next()
      if (type === null) return null
      if (this.#order === '@' && !isPadding) size = aligned(size, type)
      const name = this.#take(/:[^:]*:/)
      if (name !== '') fields.push({ name: name.slice(1, -1), offset: size, type })
      size += type.size
      if (this.#at >= this.#text.length) return null
    }
    const read = readStruct(fields)
    return { ...leaf, name: nameOfStruct(fields), size, fields, read }
  }
}

/** As a C compiler does, where the order is this machine's own. */
function aligned(offset: number, type: ItemType): number {
  const unit = type.array?.prototype.BYTES_PER_ELEMENT ?? 1
  return Math.ceil(offset / unit) * unit
}

function nameOfStruct(fields: readonly Field[]): string {
  return `{${fields.map(({ name, type }) => `${name}: ${type.name}`).join(', ')}}`
}

function readStruct(fields: readonly Field[]): Reader | null {
  if (fields.some(({ type }) => type.read === null)) return null
  return (view, at) =>
    Object.fromEntries(
      fields.map(({ name, offset, type }) => [name, (type.read as Reader)(view, at + offset)]),
    )
}

function arrayType(item: ItemType, shape: readonly number[]): ItemType {
  const count = shape.reduce((product, length) => product * length, 1)
  const read = item.read === null ? null : readArray(item.read, item.size, shape)
  const name = `(${shape.join(', ')})${item.name}`
  return { ...leaf, name, size: item.size * count, shape, read }
}

function readArray(read: Reader, size: number, [length = 0, ...rest]: readonly number[]): Reader {
  const step = rest.reduce((product, each) => product * each, size)
  const inner = rest.length === 0 ? read : readArray(read, size, rest)
  return (view, at) => Array.from({ length }, (_, index) => inner(view, at + index * step))
}

function objects(): BridgeError {
  return new BridgeError('CONVERSION', 'its items are objects of Python’s, not memory', {
    advice: 'pass x.tolist(), or an array of numbers: x.astype(…)',
  })
}
