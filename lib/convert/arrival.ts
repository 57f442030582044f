import { types } from 'node:util'
import { binding } from '../runtime/binding.js'
import { askWithin } from './ask.js'
import type { ConverterSet } from './converters.js'
import { type Partwise, partwiseOf } from './partwise.js'
import { PyDate } from './py-date.js'
import { handleOf } from './references.js'

/** An object of JavaScript's that waits for its parts. */
interface Waiting {
  parts: Partwise
  value: object
  object: object
}

/** The type of an exact datetime, which is not a reference. */
const datetimeType = -1

/** What converters make of the objects of one crossing, each of them once: sharing survives. */
export class Arrival {
  readonly #set: ConverterSet
  readonly isReached: boolean
  readonly #made = new Map<object, unknown>()
  #waiting: Waiting[] = []

  constructor(set: ConverterSet, isReached: boolean) {
    this.#set = set
    this.isReached = isReached
  }

  /** What a reference becomes; itself where there is no converter. */
  convert(value: unknown): unknown {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return value
    const type = typeNumberOf(value)
    if (type === undefined) return value
    if (this.#made.has(value)) return this.#made.get(value)
    const converter = this.#set.forPython(value, type)
    if (converter?.toJs === undefined || (this.isReached && converter.live === true)) return value
    const parts = partwiseOf(converter)
    const made = parts === undefined ? converter.toJs(value) : this.#begin(parts, value)
    this.#made.set(value, made)
    return made
  }

  #begin(parts: Partwise, value: object): object {
    const object = parts.begin(value)
    if (object !== value) this.#waiting.push({ parts, value, object })
    return object
  }

  /** Gives objects their parts, in which there may be more objects: all of a level at once. */
  finish(): void {
    while (this.#waiting.length > 0) {
      const filled = this.#waiting
      this.#waiting = []
      const values = filled.map(({ value }) => value)
      const read = askWithin(this, 'ready', 'read', [values]) as Parts[]
      for (const [index, { parts, object }] of filled.entries())
        parts.fill(object, ...part(read, index))
    }
  }
}

type Parts = readonly [names: readonly string[] | null, values: readonly unknown[]]

function part(read: readonly Parts[], index: number): Parts {
  return read[index] as Parts
}

/** Undefined for what is not of Python's. */
function typeNumberOf(value: object): number | undefined {
  if (!types.isProxy(value)) return value instanceof PyDate ? datetimeType : undefined
  const handle = handleOf(value)
  return handle === undefined ? undefined : binding.typeNumber(handle.checkedId())
}
