// Types of Arrow, from apache-arrow to the C data interface.
import type { DataType, Field, Schema, TimeUnit } from 'apache-arrow'
import { BridgeError } from '../../errors/bridge-error.js'
import { type DescribedType, Flag } from './described.js'
import { writeMetadata } from './metadata.js'

export function describeSchema({ fields, metadata }: Schema): DescribedType {
  return ['+s', '', writeMetadata(metadata), 0, fields.map(describeField), null]
}

export function describeField({ name, type, nullable, metadata }: Field): DescribedType {
  return describeType(type, name, nullable ? Flag.nullable : 0, writeMetadata(metadata))
}

/** The numbers of `Type`, which never change: a type may come from another copy of apache-arrow. */
const Type = {
  null: 1,
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  decimal: 7,
  date: 8,
  time: 9,
  timestamp: 10,
  interval: 11,
  list: 12,
  struct: 13,
  union: 14,
  fixedSizeBinary: 15,
  fixedSizeList: 16,
  map: 17,
  duration: 18,
  largeBinary: 19,
  largeUtf8: 20,
  largeList: 21,
  binaryView: 23,
  utf8View: 24,
  dictionary: -1,
} as const

/** What is asked of a type; which of it there is depends on the type. */
interface Parameters {
  readonly typeId: number
  readonly bitWidth: number
  readonly isSigned: boolean
  readonly precision: number
  readonly scale: number
  readonly unit: number
  readonly timezone?: string | null
  readonly byteWidth: number
  readonly listSize: number
  readonly mode: number
  readonly typeIds: Iterable<number>
  readonly keysSorted: boolean
  readonly isOrdered: boolean
  readonly children: readonly Field[] | null
  readonly indices: DataType
  readonly dictionary: DataType
}

export function describeType(
  type: DataType,
  name: string,
  flags: number,
  metadata: Uint8Array | null,
): DescribedType {
  const given = type as unknown as Parameters
  if (given.typeId === Type.dictionary) {
    const ordered = given.isOrdered ? Flag.dictionaryOrdered : 0
    const values = describeType(given.dictionary, '', Flag.nullable, null)
    return [formatOf(given.indices as never), name, metadata, flags | ordered, [], values]
  }
  const sorted = given.typeId === Type.map && given.keysSorted ? Flag.mapKeysSorted : 0
  const children = (given.children ?? []).map(describeField)
  return [formatOf(given), name, metadata, flags | sorted, children, null]
}

const floats = ['e', 'f', 'g']
const units = ['s', 'm', 'u', 'n']
const intervals = ['tiM', 'tiD', 'tin']
const plain: Readonly<Record<number, string>> = {
  [Type.null]: 'n',
  [Type.binary]: 'z',
  [Type.utf8]: 'u',
  [Type.bool]: 'b',
  [Type.list]: '+l',
  [Type.struct]: '+s',
  [Type.map]: '+m',
  [Type.largeBinary]: 'Z',
  [Type.largeUtf8]: 'U',
  [Type.largeList]: '+L',
  [Type.binaryView]: 'vz',
  [Type.utf8View]: 'vu',
}

function formatOf(type: Parameters): string {
  const known = plain[type.typeId]
  if (known !== undefined) return known
  const unit = units[type.unit as TimeUnit]
  switch (type.typeId) {
    case Type.int: {
      const letter = 'csil'.charAt(Math.log2(type.bitWidth) - 3)
      return type.isSigned ? letter : letter.toUpperCase()
    }
    case Type.float:
      return floats[(type as unknown as { precision: number }).precision] as string
    case Type.decimal: {
      const bits = type.bitWidth === 128 ? '' : `,${type.bitWidth}`
      return `d:${type.precision},${type.scale}${bits}`
    }
    case Type.date:
      return type.unit === 0 ? 'tdD' : 'tdm'
    case Type.time:
      return `tt${unit}`
    case Type.timestamp:
      return `ts${unit}:${type.timezone ?? ''}`
    case Type.interval:
      return intervals[type.unit] as string
    case Type.duration:
      return `tD${unit}`
    case Type.fixedSizeBinary:
      return `w:${type.byteWidth}`
    case Type.fixedSizeList:
      return `+w:${type.listSize}`
    case Type.union:
      return `+u${type.mode === 1 ? 'd' : 's'}:${[...type.typeIds].join(',')}`
    default:
      throw new BridgeError(
        'CONVERSION',
        `a column of apache-arrow’s type ${String(type)} is not known`,
      )
  }
}
