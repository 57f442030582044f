// Containers that are being made, and what is said of them when they are complete.
import { BridgeError } from '../errors/bridge-error.js'
import { Brand, type Origin, origins } from './brands.js'
import { putOwn } from './plain.js'
import { Tag } from './tape.js'

/** Map and Set keep −0 as 0. */
export function checkKey(key: unknown): unknown {
  if (key === 0 && Object.is(key, -0)) {
    throw new BridgeError('CONVERSION', 'the key -0.0 would become 0 in JavaScript', {
      advice: "pass it with mode 'exact'",
    })
  }
  return key
}

/** What a copy must remember of the container that it came from. */
export function originOf(kind: number): Origin {
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
export function close(kind: number, made: object, origin = originOf(kind)): object {
  if (origin !== origins.plain) Brand.put(made, origin)
  return kind === Tag.tuple ? Object.freeze(made) : made
}

export function checkCount(size: number, count: number): void {
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
export class Properties {
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
    if (key in Object.prototype) putOwn(object, key, value)
    else object[key] = value
  }

  /** The order of the keys, where the object has another. */
  get order(): readonly string[] | null {
    return this.#order
  }
}
