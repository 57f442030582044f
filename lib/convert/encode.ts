import { types } from 'node:util'
import { BridgeError } from '../errors/bridge-error.js'
import { Brand, type Floats, type Origin } from './brands.js'
import { type DateParts, partsOf } from './date-parts.js'
import { clear, type Frame, newFrame, pathOf } from './frames.js'
import { convertToPython, findForJs } from './js-converters.js'
import {
  hasHoles,
  isObject,
  isPlainArray,
  isPlainPrototype,
  isPrototypeNamed,
  nameOf,
  prototypeOf,
  takeValues,
} from './plain.js'
import { PyDate } from './py-date.js'
import { PyFloat } from './py-float.js'
import { exceptionOf, handleOf, numberOf } from './references.js'
import { refusedKey } from './refused.js'
import type { ConversionMode } from './rules.js'
import { forgetSeen, see } from './seen.js'
import { boundShapes, departing } from './shapes.js'
import { Steer } from './steer.js'
import { Head, scratch, Tag } from './tape.js'
import {
  beginTape,
  endTape,
  isShortText,
  keep,
  type Lanes,
  position,
  put,
  putBack,
  putJsObject,
  putLane,
  putLong,
  putNumber,
  putNumbers,
  putText,
  putTexts,
  putWord,
} from './writer.js'

/** What annotations say of the arguments of a call: lib/call/steering.ts. */
interface Steering {
  readonly positions: readonly number[]
  readonly names: ReadonlyMap<string, number>
  readonly morePositions: number
  readonly moreNames: number
}

/** Open containers: the first `depth` of them. They are kept, because making them takes time. */
const frames: Frame[] = []
let depth = 0
/** Where the value is, before any container: "keyword 'axis'", "the result"; which argument. */
let place: string | number = ''
let mode: ConversionMode = 'auto'
/** Whether every number is a float: an annotation says so. */
let areFloats = false
/** Another thread does not know shapes. */
let hasShapes = true
/** What converters made of objects, and those that they have not been asked about. */
let converted: Map<object, object> | null = null
let waiting: Set<object> | null = null
/** Arrays with holes, which are not plain: a hole is found when the array is half written. */
let holed: Set<object> | null = null
/** Thrown to begin again. */
const again = new Error('the tape begins anew')

function refuse(detail: string, advice: string): never {
  throw new BridgeError('CONVERSION', `${path()} ${detail}`, { advice })
}

function path(): string {
  const steps = pathOf(frames.slice(0, depth))
  const begin = nameOfPlace()
  if (steps === '') return begin
  return steps.startsWith(' ') ? begin + steps : `${begin} → ${steps}`
}

function nameOfPlace(): string {
  return typeof place === 'number' ? `argument ${place}` : place
}

function refuseJson(what: string): never {
  refuse(`is ${what}, which JSON does not have`, "mode 'auto' lets it cross")
}

/** Whether a container was begun, whose items come before anything else. */
function write(value: unknown, isFloat: boolean): boolean {
  switch (typeof value) {
    case 'number':
      writeNumber(value, isFloat)
      return false
    case 'string':
      putText(value)
      return false
    case 'boolean':
      put(value ? Tag.yes : Tag.no)
      return false
    case 'object':
      if (value !== null) return writeObject(value)
      put(Tag.none)
      return false
    case 'undefined':
      if (mode === 'json') refuseJson('undefined')
      put(Tag.undefined)
      return false
    case 'bigint':
      writeBigInt(value)
      return false
    case 'function':
      return types.isProxy(value) ? writeProxy(value) : writeInstance(value, null)
    default:
      return writeReference(value as symbol)
  }
}

function writeNumber(value: number, isFloat: boolean): void {
  if (mode === 'json' && !Number.isFinite(value)) refuseJson(String(value))
  if (isFloat || areFloats || mode === 'strict') putNumber(Tag.floating, value)
  else if (value === (value | 0) && !Object.is(value, -0)) putWord(Tag.integer, value)
  else putNumber(Number.isSafeInteger(value) && value !== 0 ? Tag.wide : Tag.floating, value)
}

function writeBigInt(value: bigint): void {
  if (mode === 'json') refuseJson('a bigint')
  if (BigInt.asIntN(64, value) !== value) putLane(Tag.big_lane, value)
  else putLong(mode === 'strict' ? Tag.int64 : Tag.big_int, value)
}

/** Any object, as a reference that comes home. */
function writeReference(value: object | symbol): false {
  if (mode === 'json') refuseJson(typeof value === 'symbol' ? 'a symbol' : nameOf(value))
  putJsObject(value, numberOf(value))
  return false
}

function writeProxy(value: object): false {
  const handle = handleOf(value)
  if (handle === undefined) return writeReference(value)
  if (mode === 'json') refuseJson('an object of Python')
  putWord(Tag.reference, handle.checkedId())
  return false
}

function writeObject(value: object): boolean {
  if (types.isProxy(value)) return writeProxy(value)
  if (mode === 'ref') return writeUnlessPython(value)
  if (Array.isArray(value)) {
    return isPlainArray(value) && (holed === null || !isHoled(value, holed))
      ? writeArray(value)
      : writeReference(value)
  }
  const prototype = prototypeOf(value)
  if (isPlainPrototype(prototype)) return writePlain(value as Record<string, unknown>)
  return writeInstance(value, prototype)
}

/** As soon as one array has a hole, each is looked through before it is written. */
function isHoled(value: readonly unknown[], known: Set<object>): boolean {
  if (!known.has(value) && hasHoles(value)) known.add(value)
  return known.has(value)
}

/** What stands for an object of Python's is that object. */
function writeUnlessPython(value: object): false {
  const exception = exceptionOf(value)
  return exception === undefined ? writeReference(value) : writeProxy(exception)
}

function writeInstance(value: object, prototype: object | null): boolean {
  const reason = Object.getOwnPropertyDescriptor(value, refusedKey)?.value
  if (reason !== undefined) refuse(`is ${nameOf(value)}, which ${reason}`, 'write f(a, kw({ b }))')
  if (value instanceof PyFloat) {
    writeNumber(value.value, true)
    return false
  }
  if (mode !== 'ref') {
    // What stands for an exception of Python's comes home, whatever there is for errors.
    const isConverted = mode !== 'json' && findForJs(value) !== undefined
    if (isConverted && exceptionOf(value) === undefined) return writeConverted(value)
    if (types.isMap(value) && isPrototypeNamed(prototype, Map.prototype, 'Map')) {
      return writeMap(value)
    }
    if (types.isSet(value) && isPrototypeNamed(prototype, Set.prototype, 'Set')) {
      return writeSet(value)
    }
    if (mode !== 'json') {
      if (Buffer.isBuffer(value) && prototype === Buffer.prototype) {
        putLane(Tag.lane, value)
        return false
      }
      if (types.isDate(value)) return writeDate(value, prototype)
    }
  }
  return writeUnlessPython(value)
}

/** Converters run code of the user's: what they make of it is asked when the tape is given up. */
function writeConverted(value: object): false {
  const made = converted?.get(value)
  if (made === undefined) {
    waiting ??= new Set()
    waiting.add(value)
    put(Tag.none)
    return false
  }
  if (made === value) return writeReference(value)
  keep(made)
  return writeProxy(made)
}

/** Of the years 1 to 9999, which Python has. */
const firstTime = -62_135_596_800_000
const lastTime = 253_402_300_799_999

function writeDate(value: Date, prototype: object | null): boolean {
  if (prototype === PyDate.prototype) {
    const parts = partsOf(value as PyDate)
    if (parts !== undefined) return writeDatetime(parts)
  } else if (!isPrototypeNamed(prototype, Date.prototype, 'Date')) {
    return writeReference(value)
  }
  const time = Date.prototype.getTime.call(value)
  if (!(time >= firstTime && time <= lastTime)) return writeReference(value)
  putNumber(Tag.date, time)
  return false
}

function writeDatetime({ wall, microsecond, fold, timezone }: DateParts): false {
  putNumber(Tag.datetime, wall)
  putWord(microsecond, fold)
  write(timezone, false)
  return false
}

function open(
  tag: number,
  source: object,
  items: readonly unknown[],
  origin: Origin | undefined,
): Frame | null {
  const begin = see(source, position())
  if (begin !== 0) {
    if (mode === 'json' && isOpen(source)) refuse('is in itself, which JSON cannot say', 'copy it')
    putBack(begin)
    return null
  }
  if (depth === frames.length) frames.push(newFrame())
  const frame = frames[depth++] as Frame
  frame.tag = tag
  frame.source = source
  frame.items = items
  frame.length = items.length
  frame.index = 0
  frame.floats = origin?.floats
  frame.floatKeys = origin?.floatKeys
  return frame
}

function isOpen(source: object): boolean {
  return frames.slice(0, depth).some((frame) => frame.source === source)
}

function writeArray(value: readonly unknown[]): boolean {
  const origin = Brand.of(value)
  const isTuple = origin?.type === 'tuple'
  if (isTuple && mode === 'json') refuseJson('a tuple')
  const tag = isTuple ? Tag.tuple : Tag.list
  if (open(tag, value, value, origin) === null) return false
  putWord(tag, value.length)
  return true
}

function writePlain(value: Record<string, unknown>): boolean {
  const origin = Brand.of(value)
  const keys = keysOf(value, origin)
  const values: unknown[] = new Array(keys.length)
  if (!takeValues(value, keys, values)) return writeReference(value)
  const shape = hasShapes ? departing(keys) : 0
  const frame = open(shape === 0 ? Tag.dict : Tag.object, value, values, origin)
  if (frame === null) return false
  frame.keys = keys
  putWord(frame.tag, shape === 0 ? keys.length : shape)
  return true
}

function keysOf(value: object, origin: Origin | undefined): readonly string[] {
  const keys = Object.keys(value)
  const order = origin?.order ?? null
  if (order === null || order.length !== keys.length) return keys
  return order.every((key) => Object.hasOwn(value, key)) ? order : keys
}

function writeMap(value: Map<unknown, unknown>): boolean {
  if (mode === 'json') refuseJson('a Map')
  const items: unknown[] = []
  for (const [key, item] of Map.prototype.entries.call(value)) items.push(key, item)
  const origin = Brand.of(value)
  const tag = origin?.type === 'dict' ? Tag.map : Tag.js_map
  if (open(tag, value, items, origin) === null) return false
  putWord(tag, items.length / 2)
  return true
}

function writeSet(value: Set<unknown>): boolean {
  if (mode === 'json') refuseJson('a Set')
  const origin = Brand.of(value)
  const items = [...Set.prototype.values.call(value)]
  const tag = tagOfSet(origin)
  if (open(tag, value, items, origin) === null) return false
  putWord(tag, items.length)
  return true
}

function tagOfSet(origin: Origin | undefined): number {
  if (origin?.type === 'frozenset') return Tag.frozenset
  return origin?.type === 'set' ? Tag.set : Tag.js_set
}

function drain(): void {
  while (depth > 0) {
    const frame = frames[depth - 1] as Frame
    if (!isDone(frame)) continue
    if (depth > 0) depth-- // unless another tape was written meanwhile
    clear(frame)
  }
}

/** Writes the rest of a container; false where one within it was begun. */
function isDone(frame: Frame): boolean {
  switch (frame.tag) {
    case Tag.object:
      return areValuesDone(frame)
    case Tag.dict:
      return arePropertiesDone(frame)
    case Tag.map:
    case Tag.js_map:
      return areEntriesDone(frame)
    default:
      return areItemsDone(frame)
  }
}

function areItemsDone(frame: Frame): boolean {
  const { items, length, floats } = frame
  while (frame.index < length) {
    const { index } = frame
    const item = items[index]
    if (index + 1 < length) {
      if (typeof item === 'number' && typeof items[index + 1] === 'number') {
        const tag = tagOfNumbers(floats)
        if (tag !== 0) {
          frame.index = putNumbers(items, index, length, tag)
          continue
        }
      } else if (isShortText(item) && isShortText(items[index + 1])) {
        frame.index = putTexts(items, index, length)
        continue
      }
    }
    if (item === undefined && !Object.hasOwn(items, index)) {
      holed ??= new Set()
      holed.add(frame.source)
      throw again
    }
    frame.index++
    const isSet = frame.tag >= Tag.set
    if (write(item, isFloat(floats, isSet ? item : index))) return false
  }
  return true
}

/** 0 where the numbers must be written one by one. */
function tagOfNumbers(floats: Floats | undefined): number {
  if (areFloats || mode === 'strict' || floats === true) return Tag.floats
  return floats === undefined && mode !== 'json' ? Tag.numbers : 0
}

function isFloat(floats: Floats | undefined, at: unknown): boolean {
  return floats !== undefined && (floats === true || floats.has(at))
}

function areValuesDone(frame: Frame): boolean {
  const { items, length, floats, keys } = frame
  while (frame.index < length) {
    const index = frame.index++
    if (write(items[index], floats !== undefined && isFloat(floats, keys[index]))) return false
  }
  return true
}

function arePropertiesDone(frame: Frame): boolean {
  const { items, length, floats, keys } = frame
  while (frame.index < length) {
    const index = frame.index++
    putText(keys[index] as string)
    if (write(items[index], isFloat(floats, keys[index]))) return false
  }
  return true
}

function areEntriesDone(frame: Frame): boolean {
  const { items, length, floats, floatKeys } = frame
  while (frame.index < length) {
    const index = frame.index++
    const item = items[index]
    const isKey = index % 2 === 0
    const isOne = isKey ? isFloat(floatKeys, item) : isFloat(floats, items[index - 1])
    if (write(item, isOne)) return false
  }
  return true
}

/** A tape that is written within another, and refused, never comes to native code: it counts here. */
function countEntry(): number {
  const { words } = scratch
  const entry = (words[Head.entries] as number) + 1
  words[Head.entries] = entry
  return entry
}

/** Traps and accessors may say something else, and make other objects, each time that they are asked. */
const mostPasses = 100

/** Writes one tape, converters and all. */
function writeTape<T>(
  body: (job: T) => void,
  job: T,
  as: ConversionMode,
  withShapes: boolean,
  known: Map<object, object> | null = null,
): Lanes {
  boundShapes()
  let made = known
  for (let pass = 0; pass < mostPasses; pass++) {
    const objects = writePass(body, job, as, withShapes, made)
    if (objects === null) return endTape()
    made ??= new Map()
    convertToPython(objects, made, nameOfPlace(), as)
  }
  throw changing()
}

/**
 * Writes a tape; gives the objects that converters are to make something of first. Traps of a foreign
 * Proxy and accessors of an array are code of the user's: where it used Python meanwhile, the tape may
 * be another one, and its ids may name other objects.
 */
function writePass<T>(
  body: (job: T) => void,
  job: T,
  as: ConversionMode,
  withShapes: boolean,
  made: Map<object, object> | null,
): Set<object> | null {
  holed = null
  for (let pass = 0; pass < mostPasses; pass++) {
    const entry = countEntry()
    beginTape()
    depth = 0
    mode = as
    hasShapes = withShapes
    areFloats = false
    converted = made
    waiting = null
    try {
      body(job)
      if (scratch.words[Head.entries] !== entry) throw usedPython()
      return waiting
    } catch (error) {
      if (error !== again) throw error
    } finally {
      forgetSeen()
      for (; depth > 0; depth--) clear(frames[depth - 1] as Frame)
      converted = null
      waiting = null
    }
  }
  throw changing()
}

function changing(): BridgeError {
  return new BridgeError('CONVERSION', `${nameOfPlace()} changes each time that it is read`)
}

function usedPython(): BridgeError {
  return new BridgeError(
    'CONVERSION',
    'a trap of a Proxy or an accessor, which ran while a value crossed, used Python',
  )
}

function writeWhole(value: unknown): void {
  if (write(value, false)) drain()
}

/** As an annotation says. */
function writeSteered(value: unknown, how: number): void {
  areFloats = how === Steer.floats
  if (how === Steer.reference && isObject(value)) writeByReference(value)
  else writeWhole(value)
  areFloats = false
}

function writeByReference(value: object): void {
  if (types.isProxy(value)) writeProxy(value)
  else writeUnlessPython(value)
}

interface Value {
  readonly value: unknown
  readonly where: string
}

function writeValue({ value, where }: Value): void {
  place = where
  writeWhole(value)
}

/** A value for Python: what native code gets, beside the scratch. */
export function encode(
  value: unknown,
  where = 'the value',
  as: ConversionMode = 'auto',
  withShapes = true,
  known: Map<object, object> | null = null,
): Lanes {
  return writeTape(writeValue, { value, where }, as, withShapes, known)
}

const nothing: ReadonlySet<object> = new Set()

/** The objects in a value that converters have made nothing of yet. */
export function objectsIn(
  value: unknown,
  where: string,
  as: ConversionMode,
  known: Map<object, object>,
): ReadonlySet<object> {
  return writePass(writeValue, { value, where }, as, true, known) ?? nothing
}

/** Arguments of a call. */
export interface Arguments {
  readonly positional: readonly unknown[]
  /** How many of them there are: what follows is no argument. */
  readonly count: number
  readonly keywords: { names: readonly string[]; values: readonly unknown[] } | null
  readonly steering: Steering | null
}

function writeArguments({ positional, count, keywords, steering }: Arguments): void {
  putWord(Tag.tuple, count)
  for (let i = 0; i < count; i++) {
    place = i
    if (steering === null) writeWhole(positional[i])
    else writeSteered(positional[i], steering.positions[i] ?? steering.morePositions)
  }
  if (keywords === null) return put(Tag.none)
  const { names, values } = keywords
  putWord(Tag.dict, names.length)
  for (const [index, name] of names.entries()) {
    place = `keyword ${JSON.stringify(name)}`
    putText(name)
    if (steering === null) writeWhole(values[index])
    else writeSteered(values[index], steering.names.get(name) ?? steering.moreNames)
  }
}

/** Arguments of a call: a tuple, and a dict or None. What they share stays shared. */
export function encodeCall(
  call: Arguments,
  as: ConversionMode,
  withShapes = true,
  known: Map<object, object> | null = null,
): Lanes {
  return writeTape(writeArguments, call, as, withShapes, known)
}

function writeThrown(parts: readonly unknown[]): void {
  place = 'what was thrown'
  putWord(Tag.tuple, parts.length)
  for (const [index, part] of parts.entries()) {
    const isThrown = index === thrownIndex
    if (isThrown && (isObject(part) || typeof part === 'symbol')) writeReference(part)
    else write(part, false)
  }
}

const thrownIndex = 3

/** (name, message, stack, object, code) of something that was thrown, as a tuple. */
export function encodeThrown(
  name: string,
  message: string,
  stack: string,
  thrown: unknown,
  code: string | null = null,
): Lanes {
  return writeTape(writeThrown, [name, message, stack, thrown, code], 'auto', true)
}
