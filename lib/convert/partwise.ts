import type { Converter } from './converters.js'

/**
 * How objects cross that consist of parts, which may hold the objects again: they are made first, and
 * get their parts when everything is there. So circles and sharing survive, and depth is bounded by
 * memory.
 */
export interface Partwise {
  /** An object of JavaScript's without its parts; what stays a reference is given back. */
  begin(value: object): object
  /** `names` where they are others than usual. */
  fill(object: object, names: readonly string[] | null, values: readonly unknown[]): void
  /** An object of Python's without its parts; null where it can be made only with them. */
  beginInPython(object: object): object | null
  /** What crosses for it. */
  partsOf(object: object): readonly unknown[]
  /** What `finish` of python/pybridge/ready.py gets beside what was begun and the parts. */
  describeParts(object: object): readonly unknown[]
}

/** Converters of ours have it. */
export const partwise: unique symbol = Symbol('pybridge.partwise')

export interface PartwiseConverter extends Converter {
  readonly [partwise]: Partwise
}

export function partwiseOf(converter: Converter): Partwise | undefined {
  return (converter as Partial<PartwiseConverter>)[partwise]
}
