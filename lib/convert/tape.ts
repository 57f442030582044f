import { binding } from '../runtime/binding.js'

/**
 * The tags of a tape: a value on its way across, written on one side and read on the other in one
 * piece. native/convert/tape.h says what follows each of them.
 */
export const Tag = {
  none: 0,
  undefined: 1,
  no: 2,
  yes: 3,
  integer: 4,
  wide: 5,
  floating: 6,
  text: 7,
  object: 8,
  list: 9,
  tuple: 10,
  dict: 11,
  map: 12,
  js_map: 13,
  set: 14,
  frozenset: 15,
  back: 16,
  reference: 17,
  js_object: 18,
  big_int: 19,
} as const

/** Where the words begin: after the count of words, the count of numbers, and `entries`. */
export const header = 3

/** The word that counts the calls into native code. */
export const entries = 2

const initialWords = 1 << 13
const initialNumbers = 1 << 12

/** Memory that both sides write and read. Native code keeps its address: change it only here. */
export const scratch = { words: new Int32Array(0), numbers: new Float64Array(0) }

/** As soon as there is native code. */
export function makeScratch(): void {
  scratch.words = new Int32Array(initialWords)
  scratch.numbers = new Float64Array(initialNumbers)
  shareScratch()
}

function shareScratch(): void {
  binding.setScratch(scratch.words, scratch.numbers)
}

/** Makes room for a tape of this size; what is written already stays. */
export function reserve(words: number, numbers: number): void {
  if (words > scratch.words.length) {
    const grown = new Int32Array(Math.max(words, scratch.words.length * 2))
    grown.set(scratch.words)
    scratch.words = grown
  }
  if (numbers > scratch.numbers.length) {
    const grown = new Float64Array(Math.max(numbers, scratch.numbers.length * 2))
    grown.set(scratch.numbers)
    scratch.numbers = grown
  }
  shareScratch()
}

/** Gives the memory of a large value back. */
export function shrink(): void {
  if (scratch.words.length <= initialWords * 64 && scratch.numbers.length <= initialNumbers * 64) {
    return
  }
  const count = scratch.words[entries] as number
  makeScratch()
  scratch.words[entries] = count
}
