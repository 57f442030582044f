// One value of JavaScript's on its way to a tape, and the beginning of a container.
import { types } from 'node:util'
import { Brand, type Origin } from './brands.js'
import { type DateParts, partsOf } from './date-parts.js'
import { findForJs } from './js-converters.js'
import { isMemory, jsMemoryOf } from './js-memory.js'
import {
  hasOnly,
  isPlainArray,
  isPlainPrototype,
  isPrototypeNamed,
  nameOf,
  prototypeOf,
} from './plain.js'
import { PyDate } from './py-date.js'
import { PyFloat } from './py-float.js'
import { exceptionOf, handleOf, numberOf } from './references.js'
import { refusedKey } from './refused.js'
import { departing } from './shapes.js'
import { StandIn } from './stand-in.js'
import { Tag } from './tape.js'
import { putItems, putScalar, putValues, unwritten } from './write-scalars.js'
import {
  keep,
  put,
  putJsObject,
  putLane,
  putLong,
  putMemory,
  putNumber,
  putWord,
} from './writer.js'
import {
  enter,
  hasShapes,
  isAccessed,
  isBack,
  isHoled,
  madeOf,
  mode,
  refuse,
  refuseJson,
  refuseObjectInJson,
} from './writing.js'

/** Whether a container was begun, whose items come before anything else. */
export function write(value: unknown, isFloat: boolean): boolean {
  if (putScalar(value, isFloat)) return false
  switch (typeof value) {
    case 'number':
      return refuseJson(String(value))
    case 'object':
      return writeObject(value as object)
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

function writeBigInt(value: bigint): void {
  if (mode === 'json') refuseJson('a bigint')
  if (BigInt.asIntN(64, value) !== value) putLane(Tag.big_lane, value)
  else putLong(mode === 'strict' ? Tag.int64 : Tag.big_int, value)
}

/** Any object, as a reference that comes home. */
export function writeReference(value: object | symbol): false {
  if (mode === 'json') refuseObjectInJson(value)
  putJsObject(value, numberOf(value))
  return false
}

export function writeProxy(value: object): false {
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
    return isPlainArray(value) && !isHoled(value) ? writeArray(value) : writeReference(value)
  }
  const prototype = prototypeOf(value)
  if (isPlainPrototype(prototype)) return writePlain(value as Record<string, unknown>)
  return writeInstance(value, prototype)
}

/** What stands for an object of Python's is that object. */
export function writeUnlessPython(value: object): false {
  const proxy = exceptionOf(value) ?? StandIn.proxyOf(value)
  if (proxy !== undefined) return writeProxy(proxy)
  return mode !== 'json' && isMemory(value) ? writeMemory(value) : writeReference(value)
}

function writeMemory(value: object): false {
  putMemory(value, numberOf(value), jsMemoryOf(value, refuse))
  return false
}

function writeInstance(value: object, prototype: object | null): boolean {
  const reason = Object.getOwnPropertyDescriptor(value, refusedKey)?.value
  if (reason !== undefined) refuse(`is ${nameOf(value)}, which ${reason}`, 'write f(a, kw({ b }))')
  if (value instanceof PyFloat) {
    return write(value.value, true)
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
  const made = madeOf(value)
  if (made === undefined) {
    put(Tag.none) // for now
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

function writeArray(value: readonly unknown[]): boolean {
  const origin = Brand.of(value)
  const isTuple = origin?.type === 'tuple'
  if (isTuple && mode === 'json') refuseJson('a tuple')
  return beginItems(isTuple ? Tag.tuple : Tag.list, value, value, origin)
}

function beginItems(
  tag: number,
  source: object,
  items: readonly unknown[],
  origin: Origin | undefined,
): boolean {
  if (isBack(source)) return false
  const { length } = items // which an accessor may change
  putWord(tag, length)
  const index = putItems(items, 0, length, origin?.floats, tag >= Tag.set)
  if (index === length) return false
  const frame = enter(tag, source, items, origin)
  frame.length = length
  frame.index = index
  frame.item = unwritten
  return true
}

function writePlain(value: object): boolean {
  const origin = Brand.of(value)
  const keys = keysOf(value, origin)
  if (!hasOnly(value, keys) || isAccessed(value, keys)) return writeReference(value)
  if (isBack(value)) return false
  const shape = hasShapes ? departing(keys) : 0
  const tag = shape === 0 ? Tag.dict : Tag.object
  putWord(tag, shape === 0 ? keys.length : shape)
  const index = putValues(value, keys, 0, shape === 0, origin?.floats)
  if (index === keys.length) return false
  const frame = enter(tag, value, keys, origin)
  frame.keys = keys
  frame.index = index
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
  if (isBack(value)) return false
  putWord(tag, items.length / 2)
  enter(tag, value, items, origin)
  return true
}

function writeSet(value: Set<unknown>): boolean {
  if (mode === 'json') refuseJson('a Set')
  const origin = Brand.of(value)
  return beginItems(tagOfSet(origin), value, [...Set.prototype.values.call(value)], origin)
}

function tagOfSet(origin: Origin | undefined): number {
  if (origin?.type === 'frozenset') return Tag.frozenset
  return origin?.type === 'set' ? Tag.set : Tag.js_set
}
