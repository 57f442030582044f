// Types of Arrow, from the C data interface to apache-arrow.
import type { DataType, Field, Schema } from 'apache-arrow'
import { BridgeError } from '../../errors/bridge-error.js'
import { type DescribedType, Flag } from './described.js'
import type { Arrow } from './library.js'
import { readMetadata } from './metadata.js'

export function schemaOf(arrow: Arrow, [format, , metadata, , children]: DescribedType): Schema {
  if (format !== '+s') {
    throw new BridgeError('CONVERSION', `it is a column (${format}), not a table`, {
      advice: 'use python.vector(x), or put it into a DataFrame or a table first',
    })
  }
  const fields = children.map((child) => fieldOf(arrow, child))
  return new arrow.Schema(fields, readMetadata(metadata))
}

export function fieldOf(arrow: Arrow, described: DescribedType): Field {
  const [, name, metadata, flags] = described
  const isNullable = (flags & Flag.nullable) !== 0
  return new arrow.Field(name, typeOf(arrow, described), isNullable, readMetadata(metadata))
}

export function typeOf(arrow: Arrow, described: DescribedType): DataType {
  const [, , , flags, , dictionary] = described
  if (dictionary === null) return plainTypeOf(arrow, described)
  const isOrdered = (flags & Flag.dictionaryOrdered) !== 0
  const indices = plainTypeOf(arrow, described) as never
  return new arrow.Dictionary(typeOf(arrow, dictionary), indices, null, isOrdered)
}

/** Types that have no parameters, and their classes. */
const classes = {
  n: 'Null',
  b: 'Bool',
  c: 'Int8',
  C: 'Uint8',
  s: 'Int16',
  S: 'Uint16',
  i: 'Int32',
  I: 'Uint32',
  l: 'Int64',
  L: 'Uint64',
  e: 'Float16',
  f: 'Float32',
  g: 'Float64',
  z: 'Binary',
  Z: 'LargeBinary',
  vz: 'BinaryView',
  u: 'Utf8',
  U: 'LargeUtf8',
  vu: 'Utf8View',
  tdD: 'DateDay',
  tdm: 'DateMillisecond',
  tts: 'TimeSecond',
  ttm: 'TimeMillisecond',
  ttu: 'TimeMicrosecond',
  ttn: 'TimeNanosecond',
  tDs: 'DurationSecond',
  tDm: 'DurationMillisecond',
  tDu: 'DurationMicrosecond',
  tDn: 'DurationNanosecond',
  tiM: 'IntervalYearMonth',
  tiD: 'IntervalDayTime',
  tin: 'IntervalMonthDayNano',
} as const satisfies Record<string, keyof Arrow>

const timestamps = {
  s: 'TimestampSecond',
  m: 'TimestampMillisecond',
  u: 'TimestampMicrosecond',
  n: 'TimestampNanosecond',
} as const

function plainTypeOf(arrow: Arrow, described: DescribedType): DataType {
  const [format, , , flags, children] = described
  const name = classes[format as keyof typeof classes]
  if (name !== undefined) return new (classOf(arrow, name, format))()
  const [kind = '', parameters = ''] = format.split(/:(.*)/s)
  const fields = (): Field[] => children.map((child) => fieldOf(arrow, child))
  const only = (): Field => {
    const [field] = fields()
    if (field === undefined || children.length !== 1) throw unknown(format)
    return field
  }
  switch (kind) {
    case 'd': {
      const [precision = 0, scale = 0, bits = 128] = parameters.split(',').map(Number)
      return new arrow.Decimal(scale, precision, bits)
    }
    case 'w':
      return new arrow.FixedSizeBinary(Number(parameters))
    case 'tss':
    case 'tsm':
    case 'tsu':
    case 'tsn': {
      const unit = kind.charAt(2) as keyof typeof timestamps
      return new arrow[timestamps[unit]](parameters === '' ? null : parameters)
    }
    case '+s':
      return new arrow.Struct(fields())
    case '+l':
      return new arrow.List(only())
    case '+L':
      return new (classOf(arrow, 'LargeList', format))(only())
    case '+w':
      return new arrow.FixedSizeList(Number(parameters), only())
    case '+m':
      return new arrow.Map_(only(), (flags & Flag.mapKeysSorted) !== 0)
    case '+ud':
    case '+us': {
      const mode = kind === '+ud' ? arrow.UnionMode.Dense : arrow.UnionMode.Sparse
      const ids = parameters === '' ? [] : parameters.split(',').map(Number)
      return new arrow.Union(mode, ids, fields())
    }
    default:
      throw unknown(format)
  }
}

type Class = new (...parameters: unknown[]) => DataType

/** Older versions of apache-arrow lack some. */
function classOf(arrow: Arrow, name: keyof Arrow, format: string): Class {
  const found = arrow[name] as Class | undefined
  if (found === undefined) throw unknown(format)
  return found
}

const names: Record<string, string> = {
  '+vl': 'list_view',
  '+vL': 'large_list_view',
  '+r': 'run_end_encoded',
}

function unknown(format: string): BridgeError {
  const name = names[format]
  const shown = name === undefined ? `'${format}'` : `${name} ('${format}')`
  return new BridgeError('CONVERSION', `apache-arrow has no columns of the type ${shown}`, {
    advice: 'cast them first: column.cast(…) in pyarrow and Polars, .astype(…) in pandas',
  })
}
