// Arrow data, as native code gives and takes them.
import { ask, make } from '../convert/ask.js'
import { type Handle, handleOf } from '../convert/references.js'
import { binding } from '../runtime/binding.js'
import type { DescribedArray, DescribedType, GivenArray } from './arrow/described.js'

const idOf = (proxy: object): number => (handleOf(proxy) as Handle).checkedId()

/** The schema of what gives Arrow data, and what reads it. */
export function openTable(proxy: object): readonly [reader: object, schema: DescribedType] {
  return binding.openTable(idOf(proxy))
}

/** The next batch; null after the last one. */
export function nextBatch(reader: object): DescribedArray | null {
  return binding.nextBatch(idOf(reader))
}

/** A pybridge.Table, which comes home as `table`. */
export function keepTable(
  schema: DescribedType,
  batches: readonly GivenArray[],
  table: object,
): object {
  const kept = binding.keepTable(schema, batches)
  const asItIs = new Map([[table, table]]) // past the converter that this may be called for
  return make('tables', 'Table', [kept, table], 'auto', asItIs)
}

/** The table that a pybridge.Table stands for; null for anything else. */
export function homeOf(proxy: object): unknown {
  return ask('tables', 'home_of', [proxy])
}
