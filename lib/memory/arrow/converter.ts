import type { Converter } from '../../convert/converters.js'
import { arrowOf } from './library.js'
import { tableOrVectorOf, toPython } from './tables.js'

/** Tables and columns of both sides, wherever they cross. */
export function makeArrowConverter(given: unknown): Converter {
  const arrow = arrowOf(given)
  return Object.freeze({
    python: '__arrow_c_stream__',
    js: arrow.Table as never,
    live: true,
    toJs: (value: object) => tableOrVectorOf(value, arrow),
    toPython: (value: unknown) => toPython(value as object, arrow),
  })
}
