// Tables and columns of both sides.
import type { Data, RecordBatch, Table, Vector } from 'apache-arrow'
import { homeOf, keepTable, nextBatch, openTable } from '../native-tables.js'
import { dataOf } from './data-of.js'
import { describeData } from './describe-data.js'
import { describeField, describeSchema } from './describe-type.js'
import type { DescribedArray } from './described.js'
import { type Arrow, arrowOf } from './library.js'
import { schemaOf, typeOf } from './type-of.js'

type Made = 'Table' | 'RecordBatch' | 'Vector'

/** By a mark that every copy of apache-arrow has from 21.2 on; before, by the classes of this one. */
function is(value: object, name: Made, arrow: Arrow): boolean {
  const mark = Symbol.for(`apache-arrow/${name}`)
  return (value as Record<symbol, unknown>)[mark] === true || value instanceof arrow[name]
}

/** What apache-arrow has made, and crosses as a table. */
export function isArrowTable(value: object, given: unknown): boolean {
  const arrow = arrowOf(given)
  return (['Table', 'RecordBatch', 'Vector'] as const).some((name) => is(value, name, arrow))
}

/** A table of apache-arrow over the memory of what gives Arrow data. */
export function tableOf(proxy: object, given: unknown): Table {
  const home = homeOf(proxy)
  if (home !== null) return home as Table
  return readTable(arrowOf(given), openTable(proxy))
}

/** A table, or a column where it is none. */
export function tableOrVectorOf(proxy: object, arrow: Arrow): unknown {
  const home = homeOf(proxy)
  if (home !== null) return home
  const opened = openTable(proxy)
  const isTable = opened[1][0] === '+s'
  return isTable ? readTable(arrow, opened) : readVector(arrow, opened)
}

/** Its batches, one table each, as they come. */
export function* tablesOf(proxy: object, given: unknown): Generator<Table, void, undefined> {
  const arrow = arrowOf(given)
  const { schema, batches } = open(arrow, openTable(proxy))
  for (const batch of batches()) yield new arrow.Table(schema, [batch])
}

type Reading = ReturnType<typeof openTable>

interface Opened {
  schema: Table['schema']
  batches(): Generator<RecordBatch, void, undefined>
}

function open(arrow: Arrow, [reader, described]: Reading): Opened {
  const schema = schemaOf(arrow, described)
  const struct = new arrow.Struct(schema.fields)
  return {
    schema,
    *batches() {
      for (const batch of arraysOf(reader)) {
        yield batchOf(arrow, schema, dataOf(arrow, struct, described, batch))
      }
    },
  }
}

function readTable(arrow: Arrow, reading: Reading): Table {
  const { schema, batches } = open(arrow, reading)
  return new arrow.Table(schema, [...batches()])
}

/** Its constructor takes columns of one name for one column, and makes another schema. */
function batchOf(arrow: Arrow, schema: Table['schema'], data: Data): RecordBatch {
  return Object.assign(new arrow.RecordBatch(schema, data as never), { schema, data })
}

function* arraysOf(reader: object): Generator<DescribedArray, void, undefined> {
  for (let batch = nextBatch(reader); batch !== null; batch = nextBatch(reader)) yield batch
}

/** A column of apache-arrow over the memory of what gives Arrow data. */
export function vectorOf(proxy: object, given: unknown): Vector {
  return readVector(arrowOf(given), openTable(proxy))
}

function readVector(arrow: Arrow, [reader, described]: Reading): Vector {
  const type = typeOf(arrow, described)
  const parts = [...arraysOf(reader)].map((array) => dataOf(arrow, type, described, array))
  return new arrow.Vector(parts.length > 0 ? parts : [arrow.makeData({ type, length: 0 } as never)])
}

/** What Python gets: a pybridge.Table, which gives Arrow data over the same memory. */
export function toPython(value: object, given: unknown): object {
  const arrow = arrowOf(given)
  if (is(value, 'Vector', arrow)) {
    const { data, type, nullable } = value as Vector
    const described = describeField(new arrow.Field('', type, nullable))
    return keepTable(
      described,
      data.map((part) => describeData(arrow, part, described)),
      value,
    )
  }
  const batches = is(value, 'Table', arrow) ? (value as Table).batches : [value as RecordBatch]
  const described = describeSchema((value as Table).schema)
  return keepTable(
    described,
    batches.map(({ data }) => describeData(arrow, data, described)),
    value,
  )
}
