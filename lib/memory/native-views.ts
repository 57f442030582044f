// Views, as native code gives them: an ArrayBuffer, and beside it what the memory is.
import { Stamp } from '../convert/brands.js'
import type { Handle } from '../convert/references.js'
import { binding } from '../runtime/binding.js'

/** What native code tells of a view. */
export type Description = readonly [
  /** Names it in native code; 0 where it is a copy, or empty. */
  loan: number,
  /** Of an item, as PEP 3118 writes it. */
  format: string,
  /** What the items are called, where the format cannot tell; else ''. */
  name: string,
  /** Where the fields of structured items are, in the same letters; '' where the format tells it. */
  layout: string,
  isReadonly: boolean,
  itemSize: number,
  /** Where the first item is, in bytes. */
  offset: number,
  /** How many bytes the ArrayBuffer begins after an address that is aligned for every type. */
  skew: number,
  shape: readonly number[],
  /** In bytes. */
  strides: readonly number[],
]

class Described extends Stamp {
  readonly #description: Description
  /** What lib/memory makes of it, once. */
  #made: unknown = undefined

  constructor(buffer: ArrayBuffer, description: Description) {
    super(buffer)
    this.#description = description
  }

  static made<T>(buffer: ArrayBuffer, make: (description: Description) => T): T {
    const described = buffer as unknown as Described
    described.#made ??= make(described.#description)
    return described.#made as T
  }
}

/** A hook of native code, for an ArrayBuffer that it has just made. */
export function describeView(buffer: ArrayBuffer, ...description: Description): void {
  new Described(buffer, description)
}

/** What stands for an ArrayBuffer of native code's, made once. */
export function madeOf<T>(buffer: ArrayBuffer, make: (description: Description) => T): T {
  return Described.made(buffer, make)
}

/** The ArrayBuffer over the memory of an object: the same one, as long as that is as it was. */
export function openView(handle: Handle): ArrayBuffer {
  return binding.openView(handle.checkedId())
}

/** Detaches it: Python has its memory back, unless somebody else has a share of it. */
export function takeBackView(loan: number): void {
  binding.takeBackView(loan)
}

/** A pybridge.Memory over the bytes. */
export function makeMemory(
  bytes: Uint8Array,
  kind: number,
  isReadonly: boolean,
  shape: readonly number[],
): object {
  return binding.makeMemory(bytes, kind, isReadonly, shape)
}
