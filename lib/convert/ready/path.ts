import { ask, make } from '../ask.js'
import { remembering, showAsText } from './origin.js'

/** A path of pathlib's, of any kind; one that JavaScript makes becomes a `pathlib.Path`. */
export class PyPath {
  static {
    showAsText(this.prototype, 'Path')
  }

  readonly #text: string

  constructor(text: string) {
    this.#text = String(text)
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

export const path = remembering<PyPath>({
  python: 'pathlib.PurePath',
  js: PyPath,
  toJs: (value) => new PyPath(ask('ready_values', 'text_of', [value]) as string),
  toPython: (value) => make('ready_values', 'make_path', [value.toString()]),
})
