// The tape that is being read, and how far. Nothing that reads one runs code of the user's, so one is
// read at a time.
import { BridgeError } from '../errors/bridge-error.js'
import { PyFloat } from './py-float.js'
import { header, knownTexts, scratch, Tag } from './tape.js'

let words = scratch.words
let numbers = scratch.numbers
let longs = scratch.longs
let word = header
let number = 0
let text = ''
let unit = 0
let wideText = ''
let wideUnit = 0
let lanes: readonly unknown[] = []
/** What occurs again, by the word that begins it. */
let shared = new Map<number, unknown>()

export function beginReading(
  tape: Int32Array,
  tapeNumbers: Float64Array,
  tapeLongs: BigInt64Array,
): void {
  words = tape
  numbers = tapeNumbers
  longs = tapeLongs
  word = header
  number = 0
  unit = 0
  wideUnit = 0
}

const none: readonly unknown[] = []

/** What stands beside the tape. */
export function readBeside(narrow: string, wide: string, objects: readonly unknown[] = none): void {
  text = narrow
  wideText = wide
  lanes = objects
}

/** Lets go of what stood beside the tape, and of what occurred twice. */
export function endReading(): void {
  readBeside('', '')
  if (shared.size > 0) shared = new Map()
}

export function numbersRead(): number {
  return number
}

/** The next word: a tag, a count, a number. */
export function takeWord(): number {
  return words[word++] as number
}

export function nextWord(): number {
  return words[word] as number
}

/** Where the next word is. */
export function wordsRead(): number {
  return word
}

/** The container that begins at this word occurs again. */
export function remember(begin: number, container: object): void {
  shared.set(begin, container)
}

/** A value that is no container, of a tag that was read. */
export function readScalar(tag: number): unknown {
  switch (tag) {
    case Tag.none:
      return null
    case Tag.undefined:
      return undefined
    case Tag.no:
      return false
    case Tag.yes:
      return true
    case Tag.integer:
      return words[word++]
    case Tag.wide:
    case Tag.floating:
    case Tag.whole:
      return numbers[number++]
    case Tag.text:
      return readText()
    case Tag.known_text:
      return knownTexts[words[word++] as number]
    case Tag.character:
      return String.fromCharCode(words[word++] as number)
    default:
      return readUncommon(tag)
  }
}

function readText(): string {
  const begin = unit
  unit += words[word++] as number
  return text.slice(begin, unit)
}

function readUncommon(tag: number): unknown {
  switch (tag) {
    case Tag.wide_text: {
      const begin = wideUnit
      wideUnit += words[word++] as number
      return wideText.slice(begin, wideUnit)
    }
    case Tag.lane:
      return lanes[words[word++] as number]
    case Tag.int64:
      return longs[number++]
    case Tag.exact:
      return new PyFloat(numbers[number++] as number)
    case Tag.back:
      return readBack(words[word++] as number)
    default:
      throw unknownTag(tag)
  }
}

function readBack(begin: number): unknown {
  const again = shared.get(begin)
  if (again !== undefined) return again
  throw new BridgeError('CONVERSION', `a tape goes back to the word ${begin}, where nothing is`)
}

/** Of a later version, whose tags are others. */
export function unknownTag(tag: number): BridgeError {
  return new BridgeError('CONVERSION', `a tape has the tag ${tag}, which this version lacks`)
}

/** Items of one kind; where the next one belongs. */
export function readRun(tag: number, items: unknown[], from: number): number {
  const end = from + (words[word++] as number)
  switch (tag) {
    case Tag.integers:
      for (let i = from; i < end; i++) items[i] = words[word++]
      break
    case Tag.texts:
      for (let i = from; i < end; i++) items[i] = readText()
      break
    case Tag.int64s:
      for (let i = from; i < end; i++) items[i] = longs[number++]
      break
    case Tag.floats:
    case Tag.wholes:
    case Tag.numbers:
      for (let i = from; i < end; i++) items[i] = numbers[number++]
      break
    default:
      throw unknownTag(tag)
  }
  return end
}
