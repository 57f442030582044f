import { ask, make } from '../ask.js'
import { remembering, showAsText } from './origin.js'
import { TextValue } from './text-value.js'

/** A path of pathlib's, of any kind; one that JavaScript makes becomes a `pathlib.Path`. */
export class PyPath extends TextValue {
  static {
    showAsText(this.prototype, 'Path')
  }

  constructor(text: string) {
    super(String(text))
    Object.freeze(this)
  }
}

export const path = remembering<PyPath>({
  python: 'pathlib.PurePath',
  js: PyPath,
  toJs: (value) => new PyPath(ask('ready_values', 'text_of', [value]) as string),
  toPython: (value) => make('ready_values', 'make_path', [value.toString()]),
})
