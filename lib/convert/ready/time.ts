import { BridgeError } from '../../errors/bridge-error.js'
import { askConverted, make } from '../ask.js'
import { pad } from './day.js'
import { remembering, showAsText } from './origin.js'

/** A `time` of Python's: a time of day. */
export class PyTime {
  static {
    showAsText(this.prototype, 'time')
  }

  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly microsecond: number
  /** 1 for the second of two wall clock times that are the same (PEP 495). */
  readonly fold: 0 | 1
  /** The time zone; null where there is none. */
  readonly timezone: object | null

  constructor(
    hour: number,
    minute = 0,
    second = 0,
    microsecond = 0,
    fold: 0 | 1 = 0,
    timezone: object | null = null,
  ) {
    this.hour = below(24, hour)
    this.minute = below(60, minute)
    this.second = below(60, second)
    this.microsecond = below(1_000_000, microsecond)
    this.fold = below(2, fold) as 0 | 1
    this.timezone = timezone
    Object.freeze(this)
  }

  /** Without the time zone. */
  toString(): string {
    const text = [this.hour, this.minute, this.second].map((part) => pad(part, 2)).join(':')
    return this.microsecond === 0 ? text : `${text}.${pad(this.microsecond, 6)}`
  }

  toJSON(): string {
    return this.toString()
  }

  [Symbol.toPrimitive](): string {
    return this.toString()
  }
}

function below(end: number, value: number): number {
  if (Number.isInteger(value) && value >= 0 && value < end) return value
  throw new BridgeError(
    'INVALID_ARGUMENT',
    `a part of a time is ${value}, not from 0 to ${end - 1}`,
  )
}

type Parts = [number, number, number, number, 0 | 1, object | null]

export const time = remembering<PyTime>({
  python: 'datetime.time',
  js: PyTime,
  toJs: (value) => new PyTime(...(askConverted('ready_dates', 'read_time', [value]) as Parts)),
  toPython: ({ hour, minute, second, microsecond, fold, timezone }) =>
    make('ready_dates', 'make_time', [hour, minute, second, microsecond, fold, timezone]),
})
