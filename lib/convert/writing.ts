// A tape that is being written: in which mode, where in the value, and what was found on the way.
import { BridgeError } from '../errors/bridge-error.js'
import type { Origin } from './brands.js'
import { clear, type Frame, newFrame, pathOf } from './frames.js'
import { hasAccessors, hasHoles, nameOf } from './plain.js'
import type { ConversionMode } from './rules.js'
import { forgetSeen, see } from './seen.js'
import { beginTape, position, putBack } from './writer.js'

export let mode: ConversionMode = 'auto'
/** Whether every number is a float: an annotation says so. */
export let areFloats = false
/** Another thread does not know shapes. */
export let hasShapes = true
/** Where the value is, before any container: "keyword 'axis'", "the result"; which argument. */
let place: string | number = ''
/** Open containers: the first `depth` of them. They are kept, because making them takes time. */
const frames: Frame[] = []
let depth = 0
/** What converters made of objects, and those that they have not been asked about. */
let converted: Map<object, object> | null = null
let waiting: Set<object> | null = null
/** Arrays with holes and objects with accessors, which are found when they are half written. */
let unplain: Set<object> | null = null
/** Thrown to begin again. */
const again = new Error('the tape begins anew')

/** Once for a value, before the first pass. */
export function forgetUnplain(): void {
  unplain = null
}

export function beginPass(
  as: ConversionMode,
  withShapes: boolean,
  made: Map<object, object> | null,
): void {
  beginTape()
  forgetSeen() // of the tape within which this one is written
  depth = 0
  mode = as
  hasShapes = withShapes
  areFloats = false
  converted = made
  waiting = null
}

/** The objects that converters are to make something of first; null where there are none. */
export function waitingObjects(): Set<object> | null {
  return waiting
}

export function endPass(): void {
  forgetSeen()
  for (; depth > 0; depth--) clear(frames[depth - 1] as Frame)
  converted = null
  waiting = null
}

/** Whether a pass ended because it must be made again. */
export function mustBeginAgain(error: unknown): boolean {
  return error === again
}

export function setPlace(where: string | number): void {
  place = where
}

export function setFloats(areNow: boolean): void {
  areFloats = areNow
}

export function refuse(detail: string, advice: string): never {
  throw new BridgeError('CONVERSION', `${path()} ${detail}`, { advice })
}

export function refuseJson(what: string): never {
  refuse(`is ${what}, which JSON does not have`, "mode 'auto' lets it cross")
}

export function refuseObjectInJson(value: object | symbol): never {
  refuseJson(typeof value === 'symbol' ? 'a symbol' : nameOf(value))
}

function path(): string {
  const steps = pathOf(frames.slice(0, depth))
  const begin = nameOfPlace()
  if (steps === '') return begin
  return steps.startsWith(' ') ? begin + steps : `${begin} → ${steps}`
}

export function nameOfPlace(): string {
  return typeof place === 'number' ? `argument ${place}` : place
}

/** What a converter made of an object; undefined where it was not asked yet, and will be. */
export function madeOf(value: object): object | undefined {
  const made = converted?.get(value)
  if (made === undefined) {
    waiting ??= new Set()
    waiting.add(value)
  }
  return made
}

/** As soon as one container is not plain, each is looked through before it is written. */
export function isHoled(value: readonly unknown[]): boolean {
  const known = unplain // an accessor may write another tape, which forgets it
  if (known === null) return false
  if (!known.has(value) && hasHoles(value)) known.add(value)
  return known.has(value)
}

export function isAccessed(value: object, keys: readonly string[]): boolean {
  if (unplain === null) return false
  if (hasAccessors(value, keys)) unplain.add(value)
  return unplain.has(value)
}

/** The container that is being written is not plain after all: the whole tape is written again. */
export function findUnplain(source: object): never {
  unplain ??= new Set()
  unplain.add(source)
  throw again
}

/** Whether a container is on the tape already, and was put there once more. */
export function isBack(source: object): boolean {
  const begin = see(source, position())
  if (begin === 0) return false
  if (mode === 'json' && isOpen(source)) refuse('is in itself, which JSON cannot say', 'copy it')
  putBack(begin)
  return true
}

/** Opens a container: what is in it, from its index on, is written next. */
export function enter(
  tag: number,
  source: object,
  items: readonly unknown[],
  origin: Origin | undefined,
): Frame {
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

/** The container whose items are next. */
export function innermost(): Frame | undefined {
  return depth === 0 ? undefined : frames[depth - 1]
}

/** Ends the innermost container, unless another tape was written meanwhile. */
export function close(frame: Frame): void {
  if (depth > 0) depth--
  clear(frame)
}
