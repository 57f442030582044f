/** How values cross. docs/conversion.md has the table for each mode. */
export type ConversionMode = 'auto' | 'exact' | 'strict' | 'json' | 'ref'

/** What becomes of an `int` of Python's, where one type is wanted: docs/conversion.md. */
export type Returns = ConversionMode | 'number' | 'bigint'

/**
 * How native code is told what to do with a value on its way to JavaScript: native/convert/rules.h.
 */
export const Rule = {
  /** Containers: copied at a call; reached through a reference, where mutable ones stay live; kept. */
  copy: 0,
  reach: 1,
  reference: 2,
  /** Ints: as a number where it is safe, else a bigint; never a bigint; always one. */
  numbers: 4,
  bigints: 8,
  /** Whole floats are told from ints. */
  exact: 16,
  /** Nothing but JSON. */
  json: 32,
} as const

const arriving: Readonly<Record<Returns, number>> = {
  auto: Rule.copy,
  exact: Rule.copy | Rule.exact,
  strict: Rule.copy | Rule.bigints,
  json: Rule.copy | Rule.json,
  ref: Rule.reference,
  number: Rule.copy | Rule.numbers,
  bigint: Rule.copy | Rule.bigints,
}

export function isReturns(value: unknown): value is Returns {
  return typeof value === 'string' && Object.hasOwn(arriving, value)
}

export function isMode(value: unknown): value is ConversionMode {
  return isReturns(value) && value !== 'number' && value !== 'bigint'
}

export const modes = ['auto', 'exact', 'strict', 'json', 'ref'] as const

/** How a result crosses. */
export function rulesOf(returns: Returns): number {
  return arriving[returns]
}
