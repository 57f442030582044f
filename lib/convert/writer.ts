// The tape that is being written: its words, numbers and units, and what stands beside them.
import type { JsMemory } from './js-memory.js'
import { Bit, Flag, Head, header, reserve, scratch, Tag } from './tape.js'

/** Values that only native code can carry over; most tapes have none. */
export type Lanes = unknown[] | undefined

/** Longer strings are lanes: reading their units here costs more than native code does. */
const longestText = 64

/** Room is made for a whole run, and an array may be longer than what is in it. */
const longestRun = 2 ** 20

let words = scratch.words
let numbers = scratch.numbers
let longs = scratch.longs
let units = scratch.units
let word = header
let number = 0
let unit = 0
let flags = 0
let lanes: Lanes

export function beginTape(): void {
  useScratch()
  word = header
  number = 0
  unit = 0
  flags = 0
  lanes = undefined
}

/** What was written, for native code to read. */
export function endTape(): Lanes {
  words[Head.words] = word
  words[Head.numbers] = number
  words[Head.units] = unit
  words[Head.flags] = flags
  const written = lanes
  lanes = undefined
  return written
}

function useScratch(): void {
  words = scratch.words
  numbers = scratch.numbers
  longs = scratch.longs
  units = scratch.units
}

function grow(moreWords: number, moreNumbers: number, moreUnits: number): void {
  reserve(word + moreWords, number + moreNumbers, unit + moreUnits)
  useScratch()
}

/** Where the next word will be. */
export function position(): number {
  return word
}

export function put(tag: number): void {
  if (word + 4 > words.length) grow(4, 0, 0)
  words[word++] = tag
}

export function putWord(tag: number, value: number): void {
  if (word + 4 > words.length) grow(4, 0, 0)
  words[word++] = tag
  words[word++] = value
}

export function putNumber(tag: number, value: number): void {
  put(tag)
  if (number === numbers.length) grow(0, 1, 0)
  numbers[number++] = value
}

/** An integer of 64 bits. */
export function putLong(tag: number, value: bigint): void {
  put(tag)
  if (number === numbers.length) grow(0, 1, 0)
  longs[number++] = value
}

export function putText(value: string): void {
  const { length } = value
  if (length > longestText) return putLane(Tag.lane, value)
  putWord(Tag.text, length)
  putUnits(value, length)
}

function putUnits(value: string, length: number): void {
  if (unit + length > units.length) grow(0, 0, length)
  for (let i = 0; i < length; i++) units[unit++] = value.charCodeAt(i)
}

export function putLane(tag: number, value: unknown): void {
  lanes ??= []
  putWord(tag, lanes.length)
  lanes.push(value)
}

/** A JavaScript object, by its number. */
export function putJsObject(value: object | symbol, numberOfIt: number): void {
  putLane(Tag.js_object, value)
  if (number === numbers.length) grow(0, 1, 0)
  numbers[number++] = numberOfIt
}

/** Memory of JavaScript's: the object by its number, and its bytes. */
export function putMemory(value: object, numberOfIt: number, { bytes, kind }: JsMemory): void {
  putLane(Tag.memory, value)
  keep(bytes)
  if (word === words.length) grow(1, 0, 0)
  words[word++] = kind
  if (number === numbers.length) grow(0, 1, 0)
  numbers[number++] = numberOfIt
}

/** Keeps a value until native code has read the tape. */
export function keep(value: unknown): void {
  lanes ??= []
  lanes.push(value)
}

/** The container that begins at this word, again. */
export function putBack(begin: number): void {
  words[begin] = (words[begin] as number) | Bit.shared
  flags |= Flag.shared
  putWord(Tag.back, begin)
}

/** The numbers from this index on, as long as there are some; the index of what is none. */
export function putNumbers(
  items: readonly unknown[],
  from: number,
  to: number,
  tag: number,
): number {
  putWord(tag, 0)
  const count = word - 1
  to = Math.min(to, from + longestRun)
  if (number + to - from > numbers.length) grow(0, to - from, 0)
  let index = from
  for (; index < to; index++) {
    const item = items[index]
    if (typeof item !== 'number') break
    numbers[number++] = item
  }
  words[count] = index - from
  return index
}

/** The short strings from this index on, as long as there are some; the index of what is none. */
export function putTexts(items: readonly unknown[], from: number, to: number): number {
  putWord(Tag.texts, 0)
  const count = word - 1
  to = Math.min(to, from + longestRun)
  if (word + to - from > words.length) grow(to - from, 0, 0)
  let index = from
  for (; index < to; index++) {
    const item = items[index]
    if (typeof item !== 'string' || item.length > longestText) break
    const { length } = item
    words[word++] = length
    putUnits(item, length)
  }
  words[count] = index - from
  return index
}

export function isShortText(value: unknown): boolean {
  return typeof value === 'string' && value.length <= longestText
}
