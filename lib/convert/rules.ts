import type { ConversionMode } from '../runtime/conversion-mode.js'

export type { ConversionMode } from '../runtime/conversion-mode.js'

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
  /** Every int as a number, however much of it is lost. */
  floats: 12,
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

/** Whether nothing is copied, and converters are not asked. */
export function isReference(rules: number): boolean {
  return (rules & (Rule.reach | Rule.reference)) === Rule.reference
}

/** The same for what is reached through a reference: what is not JSON can be reached all the same. */
export function reachOf(rules: number): number {
  return (rules & ~(Rule.reference | Rule.json)) | Rule.reach
}

/** How a result crosses. */
export function rulesOf(returns: Returns): number {
  return arriving[returns]
}
