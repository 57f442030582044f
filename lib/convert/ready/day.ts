import { BridgeError } from '../../errors/bridge-error.js'
import { ask, make } from '../ask.js'
import { remembering, showAsText } from './origin.js'

/** A `date` of Python's: a day without a time. */
export class PyDay {
  static {
    showAsText(this.prototype, 'date')
  }

  readonly year: number
  /** 1 to 12. */
  readonly month: number
  readonly day: number

  constructor(year: number, month: number, day: number) {
    this.year = year
    this.month = month
    this.day = day
    const date = new Date(timeOf(this))
    const isThere = date.getUTCMonth() === month - 1 && date.getUTCDate() === day
    if (!isThere || !Number.isInteger(year) || year < 1 || year > 9999) {
      throw new BridgeError('INVALID_ARGUMENT', `there is no day ${year}-${month}-${day}`)
    }
    Object.freeze(this)
  }

  toString(): string {
    return [pad(this.year, 4), pad(this.month, 2), pad(this.day, 2)].join('-')
  }

  toJSON(): string {
    return this.toString()
  }

  /** As a number, when it begins in UTC, in milliseconds: days can be compared. */
  [Symbol.toPrimitive](hint: string): string | number {
    return hint === 'number' ? timeOf(this) : this.toString()
  }
}

/** `Date.UTC` takes a year before 100 for one of the 20th century. */
function timeOf({ year, month, day }: PyDay): number {
  return new Date(0).setUTCFullYear(year, month - 1, day)
}

export function pad(number: number, length: number): string {
  return String(number).padStart(length, '0')
}

export const day = remembering<PyDay>({
  python: 'pybridge.ready_dates.is_date',
  js: PyDay,
  toJs(value) {
    return new PyDay(...(ask('ready_dates', 'read_date', [value]) as [number, number, number]))
  },
  toPython: ({ year, month, day }) => make('ready_dates', 'make_date', [year, month, day]),
})
