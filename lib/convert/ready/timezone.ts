import { BridgeError } from '../../errors/bridge-error.js'
import { ask, make } from '../ask.js'
import { remembering, showAsText } from './origin.js'
import { TextValue } from './text-value.js'

/** A `timezone` or a `ZoneInfo` of Python's. */
export class PyTimezone extends TextValue {
  static {
    showAsText(this.prototype, 'timezone')
  }

  /** The key of a `ZoneInfo`, such as `Europe/Berlin`; null for any other. */
  readonly key: string | null
  /** How many seconds a `timezone` is before UTC; null for a `ZoneInfo`. */
  readonly offset: number | null

  /** By the key of a `ZoneInfo`, or the offset of a `timezone`. */
  constructor(zone: string | number, text?: string) {
    super(text ?? String(zone))
    const isOffset = typeof zone === 'number' && Math.abs(zone) < 86_400
    if (!isOffset && (typeof zone !== 'string' || zone === '')) {
      throw new BridgeError('INVALID_ARGUMENT', 'a time zone has a key, or an offset below a day')
    }
    this.key = typeof zone === 'string' ? zone : null
    this.offset = typeof zone === 'number' ? zone : null
    Object.freeze(this)
  }
}

export const timezone = remembering<PyTimezone>({
  python: 'pybridge.ready_dates.is_timezone',
  js: PyTimezone,
  toJs(value) {
    const [zone, text] = ask('ready_dates', 'read_timezone', [value]) as [
      string | number | null,
      string,
    ]
    return zone === null ? null : new PyTimezone(zone, text)
  },
  toPython: ({ key, offset }) => make('ready_dates', 'make_timezone', [key ?? offset]),
})
