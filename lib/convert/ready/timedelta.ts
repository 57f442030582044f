import { BridgeError } from '../../errors/bridge-error.js'
import { ask, make } from '../ask.js'
import { remembering, showAsText } from './origin.js'

const perDay = 86_400

/** A timedelta of Python's: days of either sign, and from 0 on seconds of a day and microseconds. */
export class PyTimedelta {
  static {
    showAsText(this.prototype, 'timedelta')
  }

  readonly days: number
  readonly seconds: number
  readonly microseconds: number

  constructor(days: number, seconds = 0, microseconds = 0) {
    if (![days, seconds, microseconds].every(Number.isSafeInteger)) {
      throw new BridgeError('INVALID_ARGUMENT', 'a timedelta is made of integers')
    }
    const allSeconds = seconds + Math.floor(microseconds / 1e6)
    this.microseconds = microseconds - Math.floor(microseconds / 1e6) * 1e6
    this.seconds = allSeconds - Math.floor(allSeconds / perDay) * perDay
    this.days = days + Math.floor(allSeconds / perDay)
    Object.freeze(this)
  }

  /** As ISO 8601 has it, such as `P1DT2.5S`, with one sign for all. */
  toString(): string {
    const total = totalOf(this)
    const size = total < 0n ? -total : total
    const days = size / (BigInt(perDay) * million)
    const rest = size % (BigInt(perDay) * million)
    const fraction = String(rest % million)
      .padStart(6, '0')
      .replace(/0+$/, '')
    const time = `${rest / million}${fraction === '' ? '' : `.${fraction}`}`
    const text = `P${days === 0n ? '' : `${days}D`}${time === '0' && days !== 0n ? '' : `T${time}S`}`
    return total < 0n ? `-${text}` : text
  }

  toJSON(): string {
    return this.toString()
  }

  /** As a number, milliseconds. */
  [Symbol.toPrimitive](hint: string): string | number {
    return hint === 'string' ? this.toString() : Number(totalOf(this)) / 1000
  }
}

const million = 1_000_000n

/** In microseconds. */
export function totalOf({ days, seconds, microseconds }: PyTimedelta): bigint {
  return (BigInt(days) * BigInt(perDay) + BigInt(seconds)) * million + BigInt(microseconds)
}

export const timedelta = remembering<PyTimedelta>({
  python: 'datetime.timedelta',
  js: PyTimedelta,
  toJs(value) {
    const parts = ask('ready_dates', 'read_timedelta', [value]) as [number, number, number]
    return new PyTimedelta(...parts)
  },
  toPython: ({ days, seconds, microseconds }) =>
    make('ready_dates', 'make_timedelta', [days, seconds, microseconds]),
})
