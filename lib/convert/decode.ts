import { BridgeError } from '../errors/bridge-error.js'
import { binding } from '../runtime/binding.js'
import { Arrival } from './arrival.js'
import { Brand, type Floats, type Origin, origins } from './brands.js'
import { activeToJs } from './converters.js'
import { PyFloat } from './py-float.js'
import { arriving, makerOf, type Shape } from './shapes.js'
import {
  Bit,
  Flag,
  Head,
  header,
  knownTexts,
  mailbox,
  scratch,
  shrink,
  Tag,
  tagMask,
} from './tape.js'

// What is being read. Nothing here runs code of the user's, so one tape is read at a time.
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

/** The value of a native function: what it returned, or the tape where it returned nothing. */
export function receive(returned: unknown): unknown {
  if (returned === undefined) return unroll()
  if (typeof returned !== 'object' && typeof returned !== 'function') return returned
  return convert(returned, false)
}

/** The same, for what is reached through a reference. */
export function receiveReached(returned: unknown): unknown {
  if (returned === undefined) return unroll(true)
  if (typeof returned !== 'object' && typeof returned !== 'function') return returned
  return convert(returned, true)
}

/** The same, for what is asked for as a reference: that is no matter of converters. */
export function receiveReference(returned: unknown): unknown {
  return returned === undefined ? unroll(false, null) : returned
}

function convert(returned: object | null, isReached: boolean): unknown {
  const arrival = newArrival(isReached)
  if (arrival === null) return returned
  const converted = arrival.convert(returned)
  arrival.finish()
  return converted
}

function newArrival(isReached: boolean): Arrival | null {
  const converters = activeToJs()
  return converters === null ? null : new Arrival(converters, isReached)
}

/**
 * The value of the tape that native code has just written; undefined where it has written none.
 *
 * @param crossing what it is a part of; null to leave converters out
 * @throws {@link BridgeError} `CONVERSION` where keys that are different in Python become one
 */
export function unroll(isReached = false, crossing?: Arrival | null): unknown {
  const tape = scratch.words
  const end = tape[Head.words] as number
  if (end === 0) return undefined
  const flags = tape[Head.flags] as number
  if (flags !== 0) return unrollUncommon(end, flags, isReached, crossing)
  begin(tape, scratch.numbers, scratch.longs)
  const value = read()
  if (end > largeTape || number > largeTape) shrink()
  return value
}

const largeTape = 100_000

function begin(tape: Int32Array, tapeNumbers: Float64Array, tapeLongs: BigInt64Array): void {
  words = tape
  numbers = tapeNumbers
  longs = tapeLongs
  word = header
  number = 0
  unit = 0
  wideUnit = 0
}

/** With texts or lanes beside it, with what occurs twice, or deep. */
function unrollUncommon(
  end: number,
  flags: number,
  isReached: boolean,
  crossing?: Arrival | null,
): unknown {
  let { words: tape, numbers: tapeNumbers, longs: tapeLongs } = scratch
  if ((flags & Flag.mail) !== 0) {
    const [mailed, mailedWide, mailedLanes] = mailbox
    mailbox[0] = ''
    mailbox[1] = ''
    mailbox[2] = undefined
    const isPart = crossing !== undefined
    const arrival = mailedLanes === undefined ? null : isPart ? crossing : newArrival(isReached)
    if (arrival !== null) {
      // Converters are code of the user's, which writes other tapes: this one is read from a copy.
      tape = tape.slice(0, end)
      tapeNumbers = tapeNumbers.slice(0, tape[Head.numbers])
      tapeLongs = new BigInt64Array(tapeNumbers.buffer)
    }
    const converted =
      arrival === null ? mailedLanes : convertLanes(arrival, mailedLanes ?? [], !isPart)
    text = mailed
    wideText = mailedWide
    lanes = converted ?? none
  }
  begin(tape, tapeNumbers, tapeLongs)
  try {
    return (flags & Flag.deep) === 0 ? read() : readDeep()
  } finally {
    text = ''
    wideText = ''
    lanes = none
    if (shared.size > 0) shared = new Map()
    if (end > largeTape || number > largeTape) shrink()
  }
}

const none: readonly unknown[] = []

function convertLanes(arrival: Arrival, of: unknown[], isWhole: boolean): unknown[] {
  binding.keepTape(true)
  try {
    const converted = of.map((value) => arrival.convert(value))
    if (isWhole) arrival.finish()
    return converted
  } finally {
    binding.keepTape(false)
  }
}

/** The next value, whole. Native code sees to it that this is never deep. */
function read(): unknown {
  const tag = words[word++] as number
  return tag < Tag.list ? readScalar(tag) : readContainer(tag)
}

function readScalar(tag: number): unknown {
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
function unknownTag(tag: number): BridgeError {
  return new BridgeError('CONVERSION', `a tape has the tag ${tag}, which this version lacks`)
}

function readContainer(tag: number): unknown {
  const begin = word - 1
  if ((tag & (Bit.wholes | Bit.floats)) !== 0) return readFramed(begin)
  const kind = tag & tagMask
  const count = words[word++] as number
  const made = kind === Tag.object ? readShape(arriving[count] as Shape) : readPlain(kind, count)
  if (tag !== kind) shared.set(begin, made)
  return made
}

function readShape(shape: Shape): object {
  const make = shape.make ?? makerOf(shape, read)
  if (make !== null) return make()
  const object: Record<string, unknown> = { ...shape.blank }
  for (const key of shape.keys) object[key] = read()
  return object
}

function readPlain(kind: number, count: number): object {
  switch (kind) {
    case Tag.list:
      return readItems(count)
    case Tag.tuple:
      return close(kind, readItems(count))
    case Tag.dict: {
      const entries = new Properties()
      for (let i = 0; i < count; i++) entries.set(read() as string, read())
      const { object, order } = entries
      return close(kind, object, order === null ? origins.plain : { ...origins.plain, order })
    }
    case Tag.map:
    case Tag.js_map: {
      const map = new Map<unknown, unknown>()
      for (let i = 0; i < count; i++) map.set(checkKey(read()), read())
      checkCount(map.size, count)
      return close(kind, map)
    }
    case Tag.set:
    case Tag.frozenset:
    case Tag.js_set: {
      const set = new Set<unknown>()
      for (const item of readItems(count)) set.add(checkKey(item))
      checkCount(set.size, count)
      return close(kind, set)
    }
    default:
      throw unknownTag(kind)
  }
}

/** V8 makes arrays beyond this sparse where their length is given at once. */
const longest = 2 ** 25 - 1

/** What its first item is decides what an array may hold without being made anew. */
function newArray(count: number, isFloats: boolean): unknown[] {
  if (count > longest) return []
  if (!isFloats || count < 100) return new Array(count) // setting a length takes longer than that
  const items: unknown[] = [0.5]
  items.length = count
  return items
}

function readItems(count: number): unknown[] {
  const items = newArray(count, words[word] === Tag.floats)
  for (let i = 0; i < count; ) {
    const tag = words[word++] as number
    if (tag >= Tag.list) items[i++] = readContainer(tag)
    else if (tag >= Tag.integers) i = readRun(tag, items, i)
    else items[i++] = readScalar(tag)
  }
  return items
}

/** Items of one kind; where the next one belongs. */
function readRun(tag: number, items: unknown[], from: number): number {
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

/** Map and Set keep −0 as 0. */
function checkKey(key: unknown): unknown {
  if (key === 0 && Object.is(key, -0)) {
    throw new BridgeError('CONVERSION', 'the key -0.0 would become 0 in JavaScript', {
      advice: "pass it with mode 'exact'",
    })
  }
  return key
}

/** What a copy must remember of the container that it came from. */
function originOf(kind: number): Origin {
  switch (kind) {
    case Tag.tuple:
      return origins.tuple
    case Tag.map:
      return origins.dict
    case Tag.set:
      return origins.set
    case Tag.frozenset:
      return origins.frozenset
    default:
      return origins.plain
  }
}

/** A container that is complete. */
function close(kind: number, made: object, origin = originOf(kind)): object {
  if (origin !== origins.plain) Brand.put(made, origin)
  return kind === Tag.tuple ? Object.freeze(made) : made
}

function checkCount(size: number, count: number): void {
  if (size !== count) {
    throw new BridgeError(
      'CONVERSION',
      'two keys that Python tells apart are one in JavaScript, such as two NaN',
      { advice: "pass it with mode 'exact', or as a list of pairs" },
    )
  }
}

const integerLike = /^(?:0|[1-9]\d{0,9})$/

/** A plain object that is filled key by key. */
class Properties {
  readonly object: Record<string, unknown> = {}
  /** Keys as Python has them, once one looks like an integer. */
  #order: string[] | null = null

  set(key: string, value: unknown): void {
    const { object } = this
    const first = key.charCodeAt(0)
    if (this.#order === null && first >= 48 && first <= 57 && integerLike.test(key)) {
      this.#order = Object.keys(object)
    }
    this.#order?.push(key)
    if (key in Object.prototype) define(object, key, value)
    else object[key] = value
  }

  /** The order of the keys, where the object has another. */
  get order(): readonly string[] | null {
    return this.#order
  }
}

/** Also where the prototype has a setter of that name, such as `__proto__`. */
function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  })
}

/** A container that is not complete. */
interface Frame {
  tag: number
  kind: number
  count: number
  index: number
  items: unknown[] | null
  entries: Properties | null
  shape: Shape | null
  map: Map<unknown, unknown> | null
  set: Set<unknown> | null
  object: object
  key: unknown
  hasKey: boolean
  /** Where floats are whole numbers: indices, keys, items. */
  wholes: Set<unknown>
  wholeKeys: Set<unknown> | null
}

function openFrame(begin: number): Frame {
  const tag = words[begin] as number
  const kind = tag & tagMask
  if (kind > Tag.js_set) throw unknownTag(kind)
  let count = words[begin + 1] as number
  word = begin + 2
  const shape = kind === Tag.object ? (arriving[count] as Shape) : null
  if (shape !== null) count = shape.keys.length
  const items = kind === Tag.list || kind === Tag.tuple ? [] : null
  const entries = kind === Tag.dict ? new Properties() : null
  const map = kind === Tag.map || kind === Tag.js_map ? new Map<unknown, unknown>() : null
  const set = kind > Tag.js_map ? new Set<unknown>() : null
  const object = items ?? entries?.object ?? map ?? set ?? { ...shape?.blank }
  if ((tag & Bit.shared) !== 0) shared.set(begin, object)
  const wholes = new Set<unknown>()
  return {
    tag,
    kind,
    count,
    index: 0,
    items,
    entries,
    shape,
    map,
    set,
    object,
    key: undefined,
    hasKey: false,
    wholes,
    wholeKeys: null,
  }
}

function place(frame: Frame, value: unknown, isWhole: boolean): void {
  const { items, entries, shape, map, set } = frame
  if (items !== null) {
    if (isWhole) frame.wholes.add(frame.index)
    items[frame.index++] = value
  } else if (set !== null) {
    if (isWhole) frame.wholes.add(value)
    set.add(checkKey(value))
    frame.index++
  } else if (shape !== null) {
    const key = shape.keys[frame.index++] as string
    if (isWhole) frame.wholes.add(key)
    ;(frame.object as Record<string, unknown>)[key] = value
  } else if (!frame.hasKey) {
    if (isWhole) {
      frame.wholeKeys ??= new Set()
      frame.wholeKeys.add(value)
    }
    frame.key = value
    frame.hasKey = true
  } else {
    if (isWhole) frame.wholes.add(frame.key)
    entries?.set(frame.key as string, value)
    map?.set(checkKey(frame.key), value)
    frame.hasKey = false
    frame.index++
  }
}

function placeRun(frame: Frame, tag: number): void {
  const { index, items } = frame
  const run = items ?? []
  const from = items === null ? 0 : index
  const end = readRun(tag, run, from)
  if (items !== null) frame.index = end
  for (let i = from; i < end; i++) {
    const isWhole = tag === Tag.wholes && Number.isInteger(run[i])
    if (items === null) place(frame, run[i], isWhole)
    else if (isWhole && (frame.tag & Bit.floats) === 0) frame.wholes.add(i)
  }
}

function closeFrame(frame: Frame): object {
  const { kind, count, map, set, object } = frame
  const collection = map ?? set
  if (collection !== null) checkCount(collection.size, count)
  return close(kind, object, originOfFrame(frame))
}

function originOfFrame({ tag, kind, entries, wholes, wholeKeys }: Frame): Origin {
  const type = originOf(kind)
  const order = entries?.order ?? null
  const every: Floats | undefined = (tag & Bit.floats) === 0 ? undefined : true
  const floats = every ?? (wholes.size === 0 ? undefined : wholes)
  if (order === null && floats === undefined && wholeKeys === null) return type
  return { type: type.type, order, floats, floatKeys: wholeKeys ?? undefined }
}

function readDeep(): unknown {
  const tag = words[word++] as number
  return tag < Tag.list ? readScalar(tag) : readFramed(word - 1)
}

/**
 * The container that begins at this word, without recursion: depth is bounded by memory, and a
 * container that is in itself is there before it is complete.
 */
function readFramed(begin: number): object {
  const frames: Frame[] = [openFrame(begin)]
  for (;;) {
    let frame = frames.at(-1) as Frame
    while (frame.index === frame.count) {
      const object = closeFrame(frame)
      frames.pop()
      const outer = frames.at(-1)
      if (outer === undefined) return object
      place(outer, object, false)
      frame = outer
    }
    const tag = words[word++] as number
    if (tag >= Tag.list) frames.push(openFrame(word - 1))
    else if (tag >= Tag.integers) placeRun(frame, tag)
    else place(frame, readScalar(tag), tag === Tag.whole)
  }
}
