import { types } from 'node:util'
import { BridgeError } from '../errors/bridge-error.js'
import { convertToPython } from './js-converters.js'
import { isObject } from './plain.js'
import type { ConversionMode } from './rules.js'
import { boundShapes } from './shapes.js'
import { Steer } from './steer.js'
import { Head, scratch, Tag } from './tape.js'
import { write, writeProxy, writeReference, writeUnlessPython } from './write.js'
import { drain } from './write-items.js'
import { endTape, type Lanes, put, putText, putWord } from './writer.js'
import {
  beginPass,
  endPass,
  forgetUnplain,
  mustBeginAgain,
  nameOfPlace,
  setFloats,
  setPlace,
  waitingObjects,
} from './writing.js'

/** What annotations say of the arguments of a call: lib/call/steering.ts. */
interface Steering {
  readonly positions: readonly number[]
  readonly names: ReadonlyMap<string, number>
  readonly morePositions: number
  readonly moreNames: number
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
  forgetUnplain()
  for (let pass = 0; pass < mostPasses; pass++) {
    const entry = countEntry()
    beginPass(as, withShapes, made)
    try {
      body(job)
      if (scratch.words[Head.entries] !== entry) throw usedPython()
      return waitingObjects()
    } catch (error) {
      if (!mustBeginAgain(error)) throw error
    } finally {
      endPass()
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
  setFloats(how === Steer.floats)
  if (how === Steer.reference && isObject(value)) writeByReference(value)
  else writeWhole(value)
  setFloats(false)
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
  setPlace(where)
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
    setPlace(i)
    if (steering === null) writeWhole(positional[i])
    else writeSteered(positional[i], steering.positions[i] ?? steering.morePositions)
  }
  if (keywords === null) return put(Tag.none)
  const { names, values } = keywords
  putWord(Tag.dict, names.length)
  for (const [index, name] of names.entries()) {
    setPlace(`keyword ${JSON.stringify(name)}`)
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
  setPlace('what was thrown')
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
