import { BridgeError } from '../../errors/bridge-error.js'
import { ask, make } from '../ask.js'
import { remembering, showAsText } from './origin.js'

const form = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/

/** A UUID of Python's. */
export class PyUuid {
  static {
    showAsText(this.prototype, 'UUID')
  }

  readonly #text: string

  constructor(text: string) {
    this.#text = String(text).toLowerCase()
    if (!form.test(this.#text)) {
      throw new BridgeError('INVALID_ARGUMENT', `${text} is no UUID`)
    }
    Object.freeze(this)
  }

  toString(): string {
    return this.#text
  }

  toJSON(): string {
    return this.#text
  }

  [Symbol.toPrimitive](): string {
    return this.#text
  }
}

export const uuid = remembering<PyUuid>({
  python: 'uuid.UUID',
  js: PyUuid,
  toJs: (value) => new PyUuid(ask('ready_values', 'text_of', [value]) as string),
  toPython: (value) => make('ready_values', 'make_uuid', [value.toString()]),
})
