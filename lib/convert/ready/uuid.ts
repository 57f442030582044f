import { BridgeError } from '../../errors/bridge-error.js'
import { ask, make } from '../ask.js'
import { remembering, showAsText } from './origin.js'
import { TextValue } from './text-value.js'

const form = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/

/** A UUID of Python's. */
export class PyUuid extends TextValue {
  static {
    showAsText(this.prototype, 'UUID')
  }

  constructor(text: string) {
    super(String(text).toLowerCase())
    if (!form.test(this.toString())) {
      throw new BridgeError('INVALID_ARGUMENT', `${text} is no UUID`)
    }
    Object.freeze(this)
  }
}

export const uuid = remembering<PyUuid>({
  python: 'uuid.UUID',
  js: PyUuid,
  toJs: (value) => new PyUuid(ask('ready_values', 'text_of', [value]) as string),
  toPython: (value) => make('ready_values', 'make_uuid', [value.toString()]),
})
