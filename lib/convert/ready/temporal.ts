import { BridgeError } from '../../errors/bridge-error.js'
import { ask, make } from '../ask.js'
import type { Converter } from '../converters.js'
import { PyDate } from '../py-date.js'
import { OriginBrand, remembering } from './origin.js'
import { PyTimedelta, totalOf } from './timedelta.js'

// What is used of Temporal, whoever declares it.
interface Clock {
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly millisecond: number
  readonly microsecond: number
  readonly nanosecond: number
}
interface Day {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly calendarId: string
}
interface Moment {
  readonly epochNanoseconds: bigint
}
interface Zoned extends Moment, Clock {
  readonly calendarId: string
  readonly timeZoneId: string
  toPlainDateTime(): Day & Clock
}
interface Span {
  readonly years: number
  readonly months: number
  readonly weeks: number
  readonly days: number
  readonly hours: number
  readonly minutes: number
  readonly seconds: number
  readonly milliseconds: number
  readonly microseconds: number
  readonly nanoseconds: number
}
type Class<Type, Args extends unknown[]> = new (...args: Args) => Type
interface Namespace {
  PlainDate: Class<Day, [year: number, month: number, day: number]>
  PlainTime: Class<Clock, number[]>
  PlainDateTime: Class<Day & Clock, [year: number, month: number, day: number, ...clock: number[]]>
  ZonedDateTime: Class<Zoned, [nanoseconds: bigint, zone: string]>
  Instant: Class<Moment, [nanoseconds: bigint]>
  Duration: Class<Span, number[]> & { from(text: string): Span }
}

const classes = [
  ...['PlainDate', 'PlainTime', 'PlainDateTime', 'ZonedDateTime', 'Instant', 'Duration'],
] as const

export function makeTemporal(given?: object): readonly Converter[] {
  const found: unknown =
    given === undefined ? (globalThis as { Temporal?: unknown }).Temporal : given
  const isThere =
    (typeof found === 'object' || typeof found === 'function') &&
    found !== null &&
    classes.every((name) => typeof (found as Record<string, unknown>)[name] === 'function')
  if (!isThere) {
    const detail =
      given === undefined ? 'this runtime has no Temporal' : 'converters.temporal takes Temporal'
    throw new BridgeError('INVALID_ARGUMENT', detail, {
      advice: 'pass that of a polyfill: converters.temporal(Temporal)',
    })
  }
  return Object.freeze(makeAll(found as Namespace))
}

/** Objects of Temporal cannot be changed: one that came from Python comes home as what it was. */
function converter<Type extends object>(
  python: string,
  js: Class<Type, never[]>,
  toJs: (value: object) => object | null,
  toPython: (value: Type) => object,
): Converter {
  return remembering<Type>({
    python,
    js,
    toJs: toJs as (value: object) => Type | null,
    toPython,
  }) as Converter
}

function makeAll(temporal: Namespace): Converter[] {
  const { PlainDate, PlainTime, PlainDateTime, ZonedDateTime, Instant, Duration } = temporal

  /** A naive one, or an aware one in a zone that both know; any other stays a PyDate. */
  const toDateTime = (value: object): object | null => {
    if (!(value instanceof PyDate)) return null
    const plain = new PlainDateTime(...partsOf(value))
    if (value.naive) return plain
    const zone = ask('ready_dates', 'zone_id', [value.timezone]) as string | null
    if (zone === null) return null
    const nanoseconds = BigInt(value.getTime()) * million + BigInt(value.microsecond % 1000) * 1000n
    const zoned = unlessRange(() => new ZonedDateTime(nanoseconds, zone))
    return zoned !== null && String(zoned.toPlainDateTime()) === String(plain) ? zoned : null
  }

  return [
    converter(
      'pybridge.ready_dates.is_date',
      PlainDate,
      (value) =>
        new PlainDate(...(ask('ready_dates', 'read_date', [value]) as [number, number, number])),
      (value) => make('ready_dates', 'make_date', dayOf(value)),
    ),
    converter(
      'pybridge.ready_dates.is_exact_time',
      PlainTime,
      (value) => {
        const parts = ask('ready_dates', 'read_time', [value]) as number[]
        const [hour = 0, minute = 0, second = 0, micro = 0, , zone] = parts
        if (zone !== null) return null
        return new PlainTime(hour, minute, second, Math.floor(micro / 1000), micro % 1000)
      },
      (value) => make('ready_dates', 'make_time', [...clockOf(value), 0, null]),
    ),
    converter(
      'pybridge.ready_dates.is_exact_timedelta',
      Duration,
      (value) => {
        const parts = ask('ready_dates', 'read_timedelta', [value]) as [number, number, number]
        return new Duration(...spanOf(totalOf(new PyTimedelta(...parts))))
      },
      makeDuration,
    ),
    converter(
      'pybridge.ready_dates.Duration',
      Duration,
      (value) => {
        const text = ask('ready_dates', 'read_duration', [value]) as string | null
        return text === null ? null : Duration.from(text)
      },
      makeDuration,
    ),
    converter(
      'pybridge.ready_dates.Instant',
      Instant,
      (value) => {
        const micro = ask('ready_dates', 'read_instant', [value]) as number | bigint | null
        return micro === null ? null : new Instant(BigInt(micro) * 1000n)
      },
      (value) => make('ready_dates', 'make_instant', [microsecondsOf(value)]),
    ),
    converter<Day & Clock>(
      'pybridge.ready_dates.is_exact_datetime',
      PlainDateTime,
      toDateTime,
      (value) => make('ready_dates', 'make_datetime', [...dayOf(value), ...clockOf(value)]),
    ),
    Object.freeze({
      js: ZonedDateTime,
      toPython: (value: unknown): object =>
        OriginBrand.of(value as object) ?? makeZoned(value as Zoned),
    }),
  ]
}

const million = 1_000_000n

/** Of the clock where it was. */
function partsOf(date: PyDate): [year: number, month: number, day: number, ...clock: number[]] {
  const wall = new Date(date.wall)
  return [
    wall.getUTCFullYear(),
    wall.getUTCMonth() + 1,
    wall.getUTCDate(),
    wall.getUTCHours(),
    wall.getUTCMinutes(),
    wall.getUTCSeconds(),
    Math.floor(date.microsecond / 1000),
    date.microsecond % 1000,
  ]
}

/** Null where Temporal does not know such a zone. */
function unlessRange<Type>(body: () => Type): Type | null {
  try {
    return body()
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

function dayOf(day: Day): [number, number, number] {
  if (day.calendarId !== 'iso8601') refuse(`is in the calendar ${day.calendarId}`)
  return [day.year, day.month, day.day]
}

function clockOf(clock: Clock): [number, number, number, number] {
  const { hour, minute, second, millisecond, microsecond, nanosecond } = clock
  if (nanosecond !== 0) refuse('has nanoseconds')
  return [hour, minute, second, millisecond * 1000 + microsecond]
}

function microsecondsOf({ epochNanoseconds }: Moment): bigint {
  const nanoseconds = BigInt(String(epochNanoseconds)) // a polyfill may have bigints of its own
  if (nanoseconds % 1000n !== 0n) refuse('has nanoseconds')
  return nanoseconds / 1000n
}

function makeZoned(zoned: Zoned): object {
  if (zoned.calendarId !== 'iso8601') refuse(`is in the calendar ${zoned.calendarId}`)
  return make('ready_dates', 'make_zoned', [microsecondsOf(zoned), zoned.timeZoneId])
}

function makeDuration(span: Span): object {
  if (span.years !== 0 || span.months !== 0) refuse('has months, which a timedelta cannot count')
  let total = 0n
  for (const [name, size] of units) total += BigInt(span[name]) * size
  if (total % 1000n !== 0n) refuse('has nanoseconds')
  return make('ready_dates', 'make_duration', [String(span), total / 1000n])
}

const second = 1_000_000_000n
const units = [
  ['weeks', 604_800n * second],
  ['days', 86_400n * second],
  ['hours', 3600n * second],
  ['minutes', 60n * second],
  ['seconds', second],
  ['milliseconds', million],
  ['microseconds', 1000n],
  ['nanoseconds', 1n],
] as const

/** Days, hours and so on, all of one sign. */
function spanOf(microseconds: bigint): number[] {
  const parts = [86_400n, 3600n, 60n, 1n].map((size) => size * million)
  let rest = microseconds
  const counts = [...parts, 1000n, 1n].map((size) => {
    const count = rest / size
    rest %= size
    return Number(count)
  })
  return [0, 0, 0, ...counts]
}

function refuse(what: string): never {
  throw new BridgeError(
    'CONVERSION',
    `an object of Temporal ${what}, which Python has no place for`,
  )
}
