// Memory that both sides hold, behind lib/call/, which loads this when it is first asked for.
import type { Converter } from '../convert/converters.js'
import type { JsMemory } from '../convert/js-memory.js'
import { isObject } from '../convert/plain.js'
import { handleOf } from '../convert/references.js'
import { BridgeError } from '../errors/bridge-error.js'
import type { PyProxy } from '../object/py-proxy.js'
import { makeArrowConverter } from './arrow/converter.js'
import { isArrowTable, tableOf, tablesOf, toPython, vectorOf } from './arrow/tables.js'
import { BufferView } from './buffer-view.js'
import { Loan } from './loan.js'
import { makeMemory, openView } from './native-views.js'
import type { ArrowTable, MemoryOptions, TableOptions, ViewOptions } from './options.js'
import type { PyBuffer } from './py-buffer.js'

/** A buffer over the memory of an object. */
export function viewOf(value: unknown, { unsafe: isUnsafe = false }: ViewOptions = {}): PyBuffer {
  const handle = isObject(value) ? handleOf(value) : undefined
  if (handle === undefined) {
    if (value instanceof BufferView) return viewOf(value.object, { unsafe: isUnsafe })
    throw new BridgeError('INVALID_ARGUMENT', 'python.view takes an object of Python’s', {
      advice: 'keep the result there: python.ref(value), or withOptions(fn, { returns: "ref" })',
    })
  }
  const loan = Loan.of(openView(handle))
  return new BufferView({
    loan,
    layout: loan.layout,
    object: value as PyProxy,
    isUnsafe: isUnsafe === true,
    isRoot: true,
  })
}

/** A pybridge.Memory over memory of JavaScript's. */
export function memoryOf(
  { bytes, kind, length }: JsMemory,
  { shape = [length], readonly: isReadonly = false }: MemoryOptions = {},
): PyProxy {
  const lengths: unknown[] = Array.isArray(shape) ? Array.from(shape) : [-1] // read once
  if (!lengths.every(isLength)) {
    throw new BridgeError('INVALID_ARGUMENT', 'a shape is an array of lengths')
  }
  const count = lengths.reduce((product, each) => product * each, 1)
  // Strides are numbers, too, where there is no item.
  const reach = lengths.reduce((product, each) => product * Math.max(each, 1), 1)
  if (count !== length || reach > mostItems) {
    throw new BridgeError('CONVERSION', `${length} items have no shape [${lengths.join(', ')}]`, {
      advice: `give lengths whose product is ${length}`,
    })
  }
  return makeMemory(bytes, kind, isReadonly === true, lengths) as PyProxy
}

/** Their bytes can still be counted. */
const mostItems = 2 ** 48

function isLength(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function tableSource(value: unknown, name: string): object {
  if (isObject(value) && handleOf(value) !== undefined) return value
  throw new BridgeError(
    'INVALID_ARGUMENT',
    `${name} takes an object of Python’s that gives Arrow data`,
    {
      advice: 'pass a DataFrame of pandas or Polars, or a table of pyarrow',
    },
  )
}

/** A table, for the other side. */
export function tableFor(value: unknown, { arrow }: TableOptions = {}): ArrowTable | PyProxy {
  if (isObject(value) && handleOf(value) === undefined && isArrowTable(value, arrow)) {
    return toPython(value, arrow) as PyProxy
  }
  return tableOf(tableSource(value, 'python.table'), arrow) as ArrowTable
}

/** The batches of a stream, one table each. */
export function batchesFor(
  value: unknown,
  { arrow }: TableOptions = {},
): IterableIterator<ArrowTable> {
  return tablesOf(tableSource(value, 'python.tables'), arrow) as IterableIterator<ArrowTable>
}

/** A column. */
export function columnFor(value: unknown, { arrow }: TableOptions = {}): unknown {
  return vectorOf(tableSource(value, 'python.vector'), arrow)
}

/** A converter of tables. */
export function arrowConverter(arrow?: unknown): Converter {
  return makeArrowConverter(arrow)
}
