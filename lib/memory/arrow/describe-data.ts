// Values of Arrow, from apache-arrow to the C data interface, which has one offset for all buffers of an
// array: apache-arrow's is for the bits only (lib/memory/arrow/data-of.ts).
import type { Data, Vector } from 'apache-arrow'
import type { DescribedType, GivenArray, GivenBuffer } from './described.js'
import type { Arrow } from './library.js'

/** A `Data`, as far as it is looked at. */
interface Parts {
  readonly length: number
  readonly offset: number
  readonly nullCount: number
  readonly stride: number
  readonly values?: ArrayBufferView
  readonly nullBitmap?: Uint8Array
  readonly valueOffsets?: ArrayBufferView
  readonly typeIds?: Int8Array
  readonly variadicBuffers?: readonly Uint8Array[]
  readonly children: readonly Data[]
  readonly dictionary?: Vector
}

export function describeData(arrow: Arrow, data: Data, type: DescribedType): GivenArray {
  const [format, , , , fields, dictionaryType] = type
  const parts = data as unknown as Parts
  const { length } = parts
  const children = parts.children.map((child, i) =>
    describeData(arrow, child, fields[i] as DescribedType),
  )
  if (format === 'n') return [length, length, 0, [], [], null, []]
  if (format.startsWith('+u')) return describeUnion(parts, children)
  const dictionary =
    dictionaryType === null ? null : describeDictionary(arrow, parts, dictionaryType)
  const { offset, validity, nullCount, shifted } = placeBits(parts, format)
  const buffers: (GivenBuffer | null)[] = [validity]
  const lengths: number[] = []
  if (parts.valueOffsets !== undefined) {
    const offsets = shifted ?? parts.valueOffsets
    buffers.push(give(offsets.byteLength === 0 ? new BigInt64Array(1) : offsets))
  }
  if (format.startsWith('v')) {
    const all = parts.variadicBuffers ?? []
    buffers.push(give(shifted ?? parts.values), ...all.map(give))
    lengths.push(...all.map((each) => each.byteLength))
  } else if (!format.startsWith('+')) {
    const isData = parts.valueOffsets !== undefined
    buffers.push(give(isData ? parts.values : (shifted ?? parts.values)))
  }
  return [length, nullCount, offset, buffers, children, dictionary, lengths]
}

function describeUnion(parts: Parts, children: readonly GivenArray[]): GivenArray {
  const buffers = [give(parts.typeIds)]
  if (parts.valueOffsets !== undefined) buffers.push(give(parts.valueOffsets))
  return [parts.length, 0, 0, buffers, children, null, []]
}

/** Arrow has one array for it; where apache-arrow has several parts, they are copied together. */
function describeDictionary(arrow: Arrow, { dictionary }: Parts, type: DescribedType): GivenArray {
  const values = dictionary as Vector
  const whole = values.data.length === 1 ? values : arrow.vectorFromArray([...values], values.type)
  return describeData(arrow, whole.data[0] as Data, type)
}

interface Placed {
  /** Of the first value, in all buffers. */
  offset: number
  validity: GivenBuffer | null
  nullCount: number
  /** The values, or their offsets, from that many before the first one; null where they stay. */
  shifted: ArrayBufferView | null
}

/**
 * Bits begin within a byte where values begin at their own. Where there is room before the values, they
 * begin earlier, too; where not, the bits are copied: one for each value.
 */
function placeBits(parts: Parts, format: string): Placed {
  const { nullCount, nullBitmap, offset, length } = parts
  const hasNulls = nullCount > 0 && nullBitmap !== undefined
  if (format === 'b') {
    const bits = hasNulls ? give(nullBitmap.subarray(offset >> 3)) : null
    const values = (parts.values as Uint8Array).subarray(offset >> 3)
    return { offset: offset & 7, validity: bits, nullCount, shifted: values }
  }
  if (!hasNulls) return { offset: 0, validity: null, nullCount: 0, shifted: null }
  const within = offset & 7
  const bits = nullBitmap.subarray(offset >> 3)
  if (within === 0) return { offset: 0, validity: give(bits), nullCount, shifted: null }
  const anchored =
    format.startsWith('+s') || format.startsWith('+w') ? null : earlier(parts, within)
  if (anchored !== null) {
    return { offset: within, validity: give(bits), nullCount, shifted: anchored }
  }
  return { offset: 0, validity: give(copyBits(bits, within, length)), nullCount, shifted: null }
}

/** The same values, with so many before them that are there as well; null where they are not. */
function earlier(parts: Parts, count: number): Uint8Array | null {
  const array = parts.valueOffsets ?? parts.values
  if (array === undefined) return null
  const { BYTES_PER_ELEMENT: size = 1 } = array as { BYTES_PER_ELEMENT?: number }
  const back = count * size * (parts.valueOffsets === undefined ? parts.stride : 1)
  if (array.byteOffset < back) return null
  return new Uint8Array(array.buffer, array.byteOffset - back, array.byteLength + back)
}

function copyBits(bits: Uint8Array, from: number, length: number): Uint8Array {
  const copied = new Uint8Array((length + 7) >> 3)
  for (let i = 0; i < copied.length; i++) {
    copied[i] = ((bits[i] as number) >> from) | ((bits[i + 1] ?? 0) << (8 - from))
  }
  return copied
}

function give(array: ArrayBufferView | undefined): GivenBuffer {
  if (array === undefined) return [new Uint8Array(0), 0]
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
  return [bytes, Number(array.buffer instanceof SharedArrayBuffer)]
}
