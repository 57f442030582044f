// What is written at once: values that hold no others, and that nothing can be wrong with.
import type { Floats } from './brands.js'
import { dataOf } from './plain.js'
import { Tag } from './tape.js'
import { isShortText, put, putNumber, putNumbers, putText, putTexts, putWord } from './writer.js'
import { areFloats, findUnplain, mode } from './writing.js'

/** Writes a value, or nothing and gives false where it is none of those. */
export function putScalar(value: unknown, isFloat: boolean): boolean {
  switch (typeof value) {
    case 'number':
      if (mode === 'json' && !Number.isFinite(value)) return false
      putOneNumber(value, isFloat)
      return true
    case 'string':
      putText(value)
      return true
    case 'boolean':
      put(value ? Tag.yes : Tag.no)
      return true
    case 'object':
      if (value !== null) return false
      put(Tag.none)
      return true
    default:
      return false
  }
}

function isAtOnce(value: unknown): boolean {
  if (typeof value === 'number') return mode !== 'json' || Number.isFinite(value)
  return value === null || typeof value === 'string' || typeof value === 'boolean'
}

export function putOneNumber(value: number, isFloat: boolean): void {
  if (isFloat || areFloats || mode === 'strict') putNumber(Tag.floating, value)
  else if (value === (value | 0) && !Object.is(value, -0)) putWord(Tag.integer, value)
  else putNumber(Number.isSafeInteger(value) && value !== 0 ? Tag.wide : Tag.floating, value)
}

/** The item at which `putItems` ended. */
export let unwritten: unknown

/** Writes items from this index on; the index of the first that is no scalar. */
export function putItems(
  items: readonly unknown[],
  from: number,
  to: number,
  floats: Floats | undefined,
  areKeys: boolean,
): number {
  for (let index = from; index < to; ) {
    const item = items[index]
    if (index + 1 < to) {
      const run = runFrom(item, items[index + 1], floats)
      if (run !== 0) {
        index = run === Tag.texts ? putTexts(items, index, to) : putNumbers(items, index, to, run)
        continue
      }
    }
    if (!putScalar(item, floats !== undefined && isFloat(floats, areKeys ? item : index))) {
      unwritten = item
      return index
    }
    index++
  }
  return to
}

/** The tag of a run that begins with these two; 0 where each is written by itself. */
function runFrom(first: unknown, second: unknown, floats: Floats | undefined): number {
  if (typeof first === 'number') return typeof second === 'number' ? tagOfNumbers(floats) : 0
  return isShortText(first) && isShortText(second) ? Tag.texts : 0
}

function tagOfNumbers(floats: Floats | undefined): number {
  if (areFloats || mode === 'strict' || floats === true) return Tag.floats
  return floats === undefined && mode !== 'json' ? Tag.numbers : 0
}

/**
 * Writes the values of an object from this key on; the index of the first that is no scalar, whose
 * key is not written either.
 */
export function putValues(
  source: object,
  keys: readonly string[],
  from: number,
  withKeys: boolean,
  floats: Floats | undefined,
): number {
  for (let index = from; index < keys.length; index++) {
    const key = keys[index] as string
    const property = dataOf(source, key)
    if (property === undefined) findUnplain(source)
    const { value } = property
    if (withKeys) {
      if (!isAtOnce(value)) return index
      putText(key)
    }
    if (!putScalar(value, floats !== undefined && isFloat(floats, key))) return index
  }
  return keys.length
}

export function isFloat(floats: Floats | undefined, at: unknown): boolean {
  return floats !== undefined && (floats === true || floats.has(at))
}
