import { types } from 'node:util'
import { BridgeError } from '../errors/bridge-error.js'
import { dicts, frozensets, keyOrders, tuples } from './brands.js'
import { exceptionOf, handleOf, numberOf } from './references.js'
import { entries, header, reserve, scratch, Tag } from './tape.js'

/** Longer strings cross alone: joining them would copy them once more. */
const maxJoinedText = 1000

interface Frame {
  tag: number
  /** Items; for mappings key, value, key, value … */
  items: readonly unknown[]
  /** Of `items` when they were counted: a getter may change an array while it is walked. */
  length: number
  index: number
}

let word = header
let number = 0
let text = ''
let objects: unknown[] = []
let frames: Frame[] = []
let ordinals: Map<object, number> | null = null
let count = 0
/** Where the value is, before any container: "argument 0", "keyword 'axis'", "result". */
let place = ''

export function isObject(value: unknown): boolean {
  return typeof value === 'object' ? value !== null : typeof value === 'function'
}

/** Whether it crosses by itself, and whatever is around it. */
export function isScalar(value: unknown): boolean {
  return !(isObject(value) || value === undefined || typeof value === 'symbol')
}

function refuse(detail: string): never {
  throw new BridgeError('CONVERSION', `${path()} ${detail}`)
}

function path(): string {
  let found = ''
  for (const { tag, items, index } of frames) {
    if (tag === Tag.list || tag === Tag.tuple) found += `[${index - 1}]`
    else if (tag === Tag.set || tag === Tag.frozenset) found += ' → an item of the Set'
    else if (index % 2 === 1) found += ' → a key'
    else found += step(items[index - 2])
  }
  if (found === '') return place
  return found.startsWith(' ') ? place + found : `${place} → ${found}`
}

function step(key: unknown): string {
  const isOpaque = typeof key === 'function' || (typeof key === 'object' && key !== null)
  if (typeof key !== 'string') return `.get(${isOpaque ? '…' : String(key)})`
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}

function put(tag: number): void {
  if (word + 2 > scratch.words.length) reserve(word + 2, 0)
  scratch.words[word++] = tag
}

function putWord(tag: number, value: number): void {
  put(tag)
  scratch.words[word++] = value
}

function putNumber(tag: number, value: number): void {
  put(tag)
  if (number === scratch.numbers.length) reserve(0, number + 1)
  scratch.numbers[number++] = value
}

function putLane(tag: number, value: unknown): void {
  putWord(tag, objects.length)
  objects.push(value)
}

function write(value: unknown): void {
  switch (typeof value) {
    case 'number':
      return writeNumber(value)
    case 'string':
      return writeString(value)
    case 'boolean':
      return put(value ? Tag.yes : Tag.no)
    case 'undefined':
      return put(Tag.undefined)
    case 'bigint':
      return putLane(Tag.big_int, value)
    case 'symbol':
      return refuse('is a symbol, which has no counterpart in Python')
    case 'function':
      return writeFunction(value)
    default:
      return value === null ? put(Tag.none) : writeObject(value as object)
  }
}

function writeNumber(value: number): void {
  if (value === (value | 0) && !Object.is(value, -0)) putWord(Tag.integer, value)
  else putNumber(Number.isSafeInteger(value) && value !== 0 ? Tag.wide : Tag.floating, value)
}

function writeString(value: string): void {
  if (value.length > maxJoinedText) return putLane(Tag.object, value)
  text += value
  putWord(Tag.text, value.length)
}

function writeFunction(value: object): void {
  if (types.isProxy(value)) writeProxy(value)
  else writeReference(value)
}

/** Any object, as a reference that comes home. */
function writeReference(value: object | symbol): void {
  putNumber(Tag.js_object, numberOf(value))
  scratch.words[word++] = objects.length
  objects.push(value)
}

function writeProxy(value: object): void {
  const handle = handleOf(value)
  if (handle !== undefined) putWord(Tag.reference, handle.checkedId())
  else if (typeof value === 'function') writeReference(value)
  else refuse('is a Proxy, which cannot cross yet: pass a plain copy')
}

function writeObject(value: object): void {
  const ordinal = ordinals?.get(value)
  if (ordinal !== undefined) return putWord(Tag.back, ordinal)
  if (types.isProxy(value)) return writeProxy(value)
  if (Array.isArray(value)) return writeArray(value)
  const prototype: unknown = prototypeOf(value)
  if (prototype === Object.prototype || prototype === null || isObjectPrototype(prototype)) {
    return writePlain(value as Record<string, unknown>)
  }
  if (types.isMap(value)) return writeMap(value, prototype)
  if (types.isSet(value)) return writeSet(value, prototype)
  if (Buffer.isBuffer(value)) return putLane(Tag.object, value)
  const exception = exceptionOf(value)
  if (exception !== undefined) return writeProxy(exception)
  refuse(`is ${nameOf(value)}, which cannot cross yet: convert it first, or pass a function`)
}

/** Without asking the object anything that it could answer with code of its own. */
function nameOf(value: object): string {
  for (let at: object | null = value; at !== null && !types.isProxy(at); at = prototypeOf(at)) {
    const maker: unknown = Object.getOwnPropertyDescriptor(at, 'constructor')?.value
    if (typeof maker !== 'function' || types.isProxy(maker)) continue
    const name: unknown = Object.getOwnPropertyDescriptor(maker, 'name')?.value
    if (typeof name === 'string' && name !== '') return `an instance of ${name}`
  }
  return 'an object'
}

function prototypeOf(value: object): object | null {
  return Object.getPrototypeOf(value) as object | null
}

/** `Object.prototype` of another realm (`node:vm`). */
function isObjectPrototype(prototype: unknown): boolean {
  return (
    typeof prototype === 'object' &&
    prototype !== null &&
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype, 'isPrototypeOf')
  )
}

function open(tag: number, container: object, items: readonly unknown[], size: number): void {
  ordinals ??= new Map()
  ordinals.set(container, count++)
  putWord(tag, size)
  frames.push({ tag, items, length: items.length, index: 0 })
}

function writeArray(value: readonly unknown[]): void {
  if (!isArrayPrototype(prototypeOf(value))) {
    refuse(`is ${nameOf(value)}, not a plain array: copy it with Array.from`)
  }
  open(tuples.has(value) ? Tag.tuple : Tag.list, value, value, value.length)
}

/** `Array.prototype` of any realm; another array as prototype would fill the holes of this one. */
function isArrayPrototype(prototype: unknown): boolean {
  return (
    prototype === Array.prototype ||
    (Array.isArray(prototype) && Object.hasOwn(prototype, Symbol.unscopables))
  )
}

function writeMap(value: Map<unknown, unknown>, prototype: unknown): void {
  if (prototype !== Map.prototype && !isRealmBuiltin(prototype, 'Map')) {
    refuse(`is ${nameOf(value)}, not a plain Map`)
  }
  const items: unknown[] = []
  for (const [key, item] of Map.prototype.entries.call(value)) items.push(key, item)
  open(dicts.has(value) ? Tag.map : Tag.js_map, value, items, items.length / 2)
}

function writeSet(value: Set<unknown>, prototype: unknown): void {
  if (prototype !== Set.prototype && !isRealmBuiltin(prototype, 'Set')) {
    refuse(`is ${nameOf(value)}, not a plain Set`)
  }
  const items = [...Set.prototype.values.call(value)]
  open(frozensets.has(value) ? Tag.frozenset : Tag.set, value, items, items.length)
}

/** `Map.prototype` or `Set.prototype` of another realm: a class of the user's has no own tag. */
function isRealmBuiltin(prototype: unknown, name: string): boolean {
  return (
    typeof prototype === 'object' &&
    prototype !== null &&
    Object.getOwnPropertyDescriptor(prototype, Symbol.toStringTag)?.value === name
  )
}

function writePlain(value: Record<string, unknown>): void {
  const keys = keysInOrder(value)
  if (Reflect.ownKeys(value).length !== keys.length) {
    refuse('has properties with symbol keys or hidden ones: pass a plain copy')
  }
  const items: unknown[] = []
  for (const key of keys) {
    const property = Object.getOwnPropertyDescriptor(value, key)
    if (property === undefined || !('value' in property)) {
      refuse(`has the accessor ${JSON.stringify(key)}: pass a plain copy`)
    }
    items.push(key, property.value)
  }
  open(Tag.dict, value, items, keys.length)
}

function keysInOrder(value: object): readonly string[] {
  const keys = Object.keys(value)
  const order = keyOrders.get(value)
  if (order === undefined || order.length !== keys.length) return keys
  return order.every((key) => Object.hasOwn(value, key)) ? order : keys
}

function drain(): void {
  for (;;) {
    const frame = frames.at(-1)
    if (frame === undefined) return
    if (frame.index === frame.length) {
      frames.pop()
      continue
    }
    const index = frame.index++
    const item = frame.items[index]
    if (item === undefined && !(index in frame.items)) {
      refuse('is a hole of the array: fill it, or use null')
    }
    write(item)
  }
}

/** A tape that is written within another, and refused, never comes to native code: it counts here. */
function countEntry(): number {
  scratch.words[entries] = (scratch.words[entries] as number) + 1
  return scratch.words[entries]
}

/**
 * Writes one tape. Traps of a foreign Proxy and accessors of an array are code of the user's: where
 * it used Python meanwhile, the tape may be another one, and its ids may name other objects.
 */
function writeTape(body: () => void): unknown[] {
  const entry = countEntry()
  word = header
  number = 0
  text = ''
  objects = [undefined]
  frames = []
  ordinals = null
  count = 0
  try {
    body()
    if (scratch.words[entries] !== entry) {
      throw new BridgeError(
        'CONVERSION',
        'a trap of a Proxy or an accessor, which ran while a value crossed, used Python',
      )
    }
    scratch.words[0] = word
    scratch.words[1] = number
    if (text !== '') objects[0] = text
    return objects
  } finally {
    objects = []
    frames = []
    ordinals = null
    text = ''
  }
}

/** A value for Python: what native code gets, beside the scratch. */
export function encode(value: unknown, where = 'the value'): unknown[] {
  return writeTape(() => {
    place = where
    write(value)
    drain()
  })
}

/** Arguments of a call: a tuple, and a dict or None. What they share stays shared. */
export function encodeCall(
  args: readonly unknown[],
  keywords: { names: readonly string[]; values: readonly unknown[] } | null,
): unknown[] {
  return writeTape(() => {
    count++ // the tuple is a container as well
    putWord(Tag.tuple, args.length)
    for (let i = 0; i < args.length; i++) {
      place = `argument ${i}`
      write(args[i])
      drain()
    }
    if (keywords === null) return put(Tag.none)
    const { names, values } = keywords
    count++
    putWord(Tag.dict, names.length)
    for (const [index, name] of names.entries()) {
      place = `keyword ${JSON.stringify(name)}`
      writeString(name)
      write(values[index])
      drain()
    }
  })
}

/** (name, message, stack, object, code) of something that was thrown, as a tuple. */
export function encodeThrown(
  name: string,
  message: string,
  stack: string,
  thrown: unknown,
  code: string | null = null,
): unknown[] {
  return writeTape(() => {
    place = 'what was thrown'
    count++
    putWord(Tag.tuple, 5)
    writeString(name)
    writeString(message)
    writeString(stack)
    const isObject = typeof thrown === 'object' ? thrown !== null : typeof thrown === 'function'
    if (isObject || typeof thrown === 'symbol') writeReference(thrown as object | symbol)
    else write(thrown)
    write(code)
  })
}
