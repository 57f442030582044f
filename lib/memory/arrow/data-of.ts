// Values of Arrow, from the C data interface to apache-arrow. Its Data begin their values where the
// first one is, and keep the offset for the bits only: those of validity and of booleans.
import type { Data, DataType } from 'apache-arrow'
import type { DescribedArray, DescribedType } from './described.js'
import type { Arrow } from './library.js'

type Numbers = new (buffer: ArrayBuffer, byteOffset: number, length: number) => ArrayBufferView

/** In the order of `BufferType`: offsets, values, validity, types of a union. */
type Buffers = [
  offsets?: ArrayBufferView | undefined,
  values?: ArrayBufferView | undefined,
  validity?: ArrayBufferView | undefined,
  types?: ArrayBufferView | undefined,
]

export function dataOf(
  arrow: Arrow,
  type: DataType,
  [format, , , , fields, dictionaryType]: DescribedType,
  [length, nullCount, offset, buffers, parts, dictionary]: DescribedArray,
): Data {
  const make = (own: Buffers, children: Data[] = [], views: Uint8Array[] = []): Data =>
    new arrow.Data(type, offset, length, nulls(), own as never, children, values(), views)
  const nulls = (): number => (validity === undefined ? 0 : nullCount)
  const values = () => {
    if (dictionary === null || dictionaryType === null) return undefined
    const { dictionary: of } = type as unknown as { dictionary: DataType }
    return new arrow.Vector([dataOf(arrow, of, dictionaryType, dictionary)])
  }
  const children = (): Data[] => {
    const types = type.children as { type: DataType }[]
    return parts.map((part, i) =>
      dataOf(arrow, (types[i] as { type: DataType }).type, fields[i] as DescribedType, part),
    )
  }
  /** Those of a parent whose values are side by side with theirs. */
  const sliced = (times = 1): Data[] =>
    children().map((child) => {
      const isWhole = offset === 0 && child.length === length * times
      return isWhole ? child : child.slice(offset * times, length * times)
    })

  const isUnion = format.startsWith('+u')
  const first = buffers[0]
  const validity =
    isUnion || first === null || first === undefined ? undefined : new Uint8Array(first)

  if (format === 'n') return new arrow.Data(type, 0, length, length)
  if (isUnion) {
    const types = numbers(Int8Array, first, offset, length)
    if (format.startsWith('+us')) return make([undefined, undefined, undefined, types], sliced())
    const offsets = numbers(Int32Array, buffers[1], offset, length)
    return make([offsets, undefined, undefined, types], children())
  }
  if (format === '+s') return make([undefined, undefined, validity], sliced())
  if (format.startsWith('+w')) {
    const { listSize } = type as unknown as { listSize: number }
    return make([undefined, undefined, validity], sliced(listSize))
  }
  if (isByOffsets.test(format)) {
    const isLarge = format === 'Z' || format === 'U' || format === '+L'
    const Offsets = (isLarge ? BigInt64Array : Int32Array) as unknown as Numbers
    const given = buffers[1]
    const offsets =
      given === null || given?.byteLength === 0
        ? new Offsets(new ArrayBuffer(8), 0, 1) // an empty array may have none
        : numbers(Offsets, given, offset, length + 1)
    if (format.startsWith('+')) return make([offsets, undefined, validity], children())
    return make([offsets, new Uint8Array(buffers[2] ?? new ArrayBuffer(0)), validity])
  }
  if (format === 'b') return make([undefined, new Uint8Array(buffers[1] as ArrayBuffer), validity])
  const { stride } = new arrow.Data(type, 0, 0)
  const own = dictionary === null ? type : (type as unknown as { indices: DataType }).indices
  const data = numbers(own.ArrayType as Numbers, buffers[1], offset * stride, length * stride)
  const views = format.startsWith('v') ? buffers.slice(2).map(bytesOf) : []
  return make([undefined, data, validity], [], views)
}

/** Their values, or their children's, lie between two offsets. */
const isByOffsets = /^(?:[zZuU]|\+[lLm])$/

function bytesOf(buffer: ArrayBuffer | null): Uint8Array {
  return new Uint8Array(buffer ?? new ArrayBuffer(0))
}

function numbers(
  make: Numbers,
  buffer: ArrayBuffer | null | undefined,
  from: number,
  count: number,
): ArrayBufferView {
  const { BYTES_PER_ELEMENT: size } = make as unknown as { BYTES_PER_ELEMENT: number }
  return new make(buffer ?? new ArrayBuffer(count * size), buffer ? from * size : 0, count)
}
