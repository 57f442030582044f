import { binding } from '../runtime/binding.js'

/**
 * The tags of a tape: a value on its way across, written on one side and read on the other in one
 * piece. docs/tape.md says what follows each of them; native/convert/tape.h has the same list.
 */
export const Tag = {
  none: 0,
  undefined: 1,
  no: 2,
  yes: 3,
  integer: 4,
  wide: 5,
  floating: 6,
  whole: 7,
  exact: 8,
  int64: 9,
  big_int: 10,
  text: 11,
  wide_text: 12,
  character: 13,
  known_text: 14,
  lane: 15,
  big_lane: 16,
  reference: 17,
  js_object: 18,
  date: 19,
  datetime: 20,
  back: 21,
  memory: 22,
  integers: 24,
  floats: 25,
  wholes: 26,
  numbers: 27,
  int64s: 28,
  texts: 29,
  list: 32,
  tuple: 33,
  object: 34,
  dict: 35,
  map: 36,
  js_map: 37,
  set: 38,
  frozenset: 39,
  js_set: 40,
} as const

/** What a word that begins a container may have beside its tag. */
export const Bit = {
  /** Something later on the tape is this container again. */
  shared: 0x100,
  /** Some of its floats are whole numbers, which JavaScript does not tell from ints. */
  wholes: 0x200,
  /** Every number in it is a float. */
  floats: 0x400,
} as const
export const tagMask = 0xff

/** Where the words begin, after those of `Head`. */
export const header = 6

/** The words before the tape. */
export const Head = {
  /** How many words there are, with these; 0 where nothing was written. */
  words: 0,
  numbers: 1,
  units: 2,
  flags: 3,
  /** The calls into native code so far. */
  entries: 4,
} as const

export const Flag = {
  /** Nested so deep, or in such circles, that reading it takes frames of its own. */
  deep: 1,
  /** Something occurs twice. */
  shared: 2,
  /** The mailbox has something. */
  mail: 4,
} as const

/** Memory that both sides write and read. Native code keeps its address: change it only here. */
export interface Scratch {
  words: Int32Array
  numbers: Float64Array
  /** The same memory as `numbers`. */
  longs: BigInt64Array
  /** UTF-16 code units of short strings, on their way to Python. */
  units: Uint16Array
}

const initialWords = 1 << 13
const initialNumbers = 1 << 12
const initialUnits = 1 << 12

export const scratch: Scratch = {
  words: new Int32Array(0),
  numbers: new Float64Array(0),
  longs: new BigInt64Array(0),
  units: new Uint16Array(0),
}

/** What native code leaves beside the scratch: its short strings joined (Latin-1, others), lanes. */
export const mailbox: [text: string, wideText: string, lanes: unknown[] | undefined] = [
  '',
  '',
  undefined,
]

/**
 * Strings that Python sends often, by slot (native/convert/known_texts.h has as many). Native code fills
 * it, in no order: an array that began empty would become a dictionary, and twice as slow.
 */
export const knownTexts: string[] = new Array(1024).fill('')

/** As soon as there is native code. */
export function makeScratch(): void {
  replace(
    new Int32Array(initialWords),
    new Float64Array(initialNumbers),
    new Uint16Array(initialUnits),
  )
}

function replace(words: Int32Array, numbers: Float64Array, units: Uint16Array): void {
  scratch.words = words
  scratch.numbers = numbers
  scratch.longs = new BigInt64Array(numbers.buffer as ArrayBuffer)
  scratch.units = units
  binding.setScratch(words, numbers, units)
}

/** The last large scratch: the collector may have it, and until then another large value takes it. */
let spare: WeakRef<Scratch> | null = null

/** Makes room for a tape of this size; what is written already stays. */
export function reserve(words: number, numbers: number, units = 0): void {
  const { words: w, numbers: n, units: u } = scratch
  if (words <= w.length && numbers <= n.length && units <= u.length) return
  const kept = spare?.deref()
  spare = null
  replace(
    grow(w, words, kept?.words, Int32Array),
    grow(n, numbers, kept?.numbers, Float64Array),
    grow(u, units, kept?.units, Uint16Array),
  )
}

type Numbers = Int32Array | Float64Array | Uint16Array

function grow<T extends Numbers>(
  old: T,
  length: number,
  kept: T | undefined,
  make: new (length: number) => T,
): T {
  if (length <= old.length) return old
  const grown = kept !== undefined && length <= kept.length ? kept : new make(roomFor(length, old))
  grown.set(old)
  return grown
}

/** Twice as much while that is little; exact sizes would be grown again at once. */
function roomFor(length: number, old: Numbers): number {
  return Math.max(length + (length >> 3), Math.min(old.length * 2, length + 2 ** 20))
}

/** Gives the memory of a large value back. */
export function shrink(): void {
  const { words, numbers, units } = scratch
  if (
    words.length <= initialWords * 64 &&
    numbers.length <= initialNumbers * 64 &&
    units.length <= initialUnits * 64
  ) {
    return
  }
  spare = new WeakRef({ ...scratch })
  const entries = words[Head.entries] as number
  makeScratch()
  scratch.words[Head.entries] = entries
}
