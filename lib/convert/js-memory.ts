// Memory of JavaScript's on its way to Python: which bytes, and what items they are. Getters of the
// prototypes are taken from them here: a class of the user's may have others.
import { types } from 'node:util'

/** What crosses of a typed array, a DataView or an ArrayBuffer. */
export interface JsMemory {
  readonly bytes: Uint8Array
  /** As a tape says it: the letter of its items, and whether other threads write there. */
  readonly kind: number
  /** How many items there are. */
  readonly length: number
}

/** By the name of the class, as PEP 3118 writes items, and their size in bytes. */
const items: Readonly<Record<string, readonly [letter: string, size: number]>> = {
  Int8Array: ['b', 1],
  Uint8Array: ['B', 1],
  Uint8ClampedArray: ['B', 1],
  Int16Array: ['h', 2],
  Uint16Array: ['H', 2],
  Int32Array: ['i', 4],
  Uint32Array: ['I', 4],
  Float16Array: ['e', 2],
  Float32Array: ['f', 4],
  Float64Array: ['d', 8],
  BigInt64Array: ['q', 8],
  BigUint64Array: ['Q', 8],
}

const sharedBit = 0x100

type Getter = (this: object) => unknown

function getter(prototype: object, name: string | symbol): Getter {
  const property = Object.getOwnPropertyDescriptor(prototype, name)
  return property?.get ?? (() => undefined)
}

const typed = Object.getPrototypeOf(Uint8Array.prototype) as object
const nameOfTyped = getter(typed, Symbol.toStringTag)
const ofTyped = [getter(typed, 'buffer'), getter(typed, 'byteOffset'), getter(typed, 'byteLength')]
const ofView = ['buffer', 'byteOffset', 'byteLength'].map((name) =>
  getter(DataView.prototype, name),
)
const isResizable = getter(ArrayBuffer.prototype, 'resizable')

export function isMemory(value: object): boolean {
  return ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)
}

type Refuse = (detail: string, advice: string) => never

/** What crosses of a value that is memory. */
export function jsMemoryOf(value: object, refuse: Refuse): JsMemory {
  const [letter, size] = items[nameOfTyped.call(value) as string] ?? ['B', 1]
  const bytes = bytesOf(value, refuse)
  const isShared = types.isSharedArrayBuffer(bytes.buffer)
  if (!isShared && isResizable.call(bytes.buffer) === true) {
    refuse('is memory that can be resized, under whoever looks at it', 'copy it: value.slice()')
  }
  const kind = letter.charCodeAt(0) | (isShared ? sharedBit : 0)
  return { bytes, kind, length: bytes.length / size }
}

function bytesOf(value: object, refuse: Refuse): Uint8Array {
  let size: unknown = 0
  try {
    if (types.isAnyArrayBuffer(value)) return new Uint8Array(value)
    const getters = types.isTypedArray(value) ? ofTyped : ofView
    const [buffer, offset, length] = getters.map((get) => get.call(value))
    size = length
    return new Uint8Array(buffer as ArrayBuffer, offset as number, length as number)
  } catch {
    if (size !== 0) refuse(`has ${size} bytes, more than a Uint8Array can`, 'pass parts of it')
    return refuse('is memory that was transferred: it is somewhere else', 'pass what has it now')
  }
}
