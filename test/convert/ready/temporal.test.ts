// Dates and times of Python as objects of Temporal, and back.
import { Temporal } from '@js-temporal/polyfill'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { converters, python } from '../../../lib/index.js'
import { refusal } from '../../fixtures/thrown.js'

python.exec(`
import datetime as dt
from datetime import date, time, timedelta, timezone, datetime
try: from zoneinfo import ZoneInfo
except ImportError: ZoneInfo = None
utc = timezone.utc
kept = []
def keep(value):
    kept[:] = [value]
    return value
is_kept = lambda home: home is kept[0]
def same(one, other):
    return type(one) is type(other) and one == other and repr(one) == repr(other)
class Stamp(datetime): pass
`)
const hasZones = python.eval('ZoneInfo is not None') as unknown as boolean
afterAll(python.register(converters.temporal(Temporal)))
const home = (source: string, value: unknown): unknown =>
  python.eval(`lambda home: same(${source}, home) or repr(home)`)(value)
const echo = python.eval('lambda value: value')
const typeOf = (value: object): string => Object.prototype.toString.call(value).slice(8, -1)

const cases: [source: string, type: string, text: string][] = [
  ['date(2020, 2, 29)', 'PlainDate', '2020-02-29'],
  ['date.min', 'PlainDate', '0001-01-01'],
  ['time(1, 2, 3, 4)', 'PlainTime', '01:02:03.000004'],
  ['time(1, fold=1)', 'PlainTime', '01:00:00'],
  ['timedelta(0)', 'Duration', 'PT0S'],
  ['timedelta(1, 7384, 5006)', 'Duration', 'P1DT2H3M4.005006S'],
  ['timedelta(microseconds=-1)', 'Duration', '-PT0.000001S'],
  ['timedelta.min', 'Duration', '-P999999999D'],
  ['datetime(2020, 1, 2, 3, 4, 5, 678901)', 'PlainDateTime', '2020-01-02T03:04:05.678901'],
  ['datetime.max', 'PlainDateTime', '9999-12-31T23:59:59.999999'],
  ['datetime(2020, 1, 2, fold=1)', 'PlainDateTime', '2020-01-02T00:00:00'],
  ['datetime(2020, 1, 2, tzinfo=utc)', 'ZonedDateTime', '2020-01-02T00:00:00+00:00[UTC]'],
  [
    'datetime(1960, 1, 2, 3, 4, 5, 678901, timezone(timedelta(hours=-3, minutes=-30)))',
    'ZonedDateTime',
    '1960-01-02T03:04:05.678901-03:30[-03:30]',
  ],
]
if (hasZones) {
  for (const [fold, offset] of [
    [0, '+02:00'],
    [1, '+01:00'],
  ]) {
    cases.push([
      `datetime(2020, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=${fold})`,
      'ZonedDateTime',
      `2020-10-25T02:30:00${offset}[Europe/Berlin]`,
    ])
  }
}

test.each(cases)('%s is a %s, and comes home as it was', (source, type, text) => {
  const value = python.eval(source)
  expect(typeOf(value)).toBe(`Temporal.${type}`)
  expect(String(value)).toBe(text)
  expect(home(source, value)).toBe(true)
  expect(home(`[${source}]`, python.eval(`[${source}]`))).toBe(true)
})

describe('what Temporal cannot say stays as it was', () => {
  test.each([
    ['time(1, tzinfo=utc)'],
    ['datetime(2020, 1, 2, tzinfo=timezone(timedelta(seconds=1)))'],
    ['Stamp(2020, 1, 2)'],
    ...(hasZones ? [['datetime(2020, 3, 29, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))']] : []),
  ])('%s', (source = '') => {
    const value = python.eval(`keep(${source})`)
    expect(typeOf(value)).not.toMatch('Temporal')
    expect(home(source, value)).toBe(true)
  })
})

describe('what JavaScript makes', () => {
  test.each<[string, object, string]>([
    ['PlainDate', Temporal.PlainDate.from('2020-02-29'), 'date(2020, 2, 29)'],
    ['PlainTime', Temporal.PlainTime.from('01:02:03.000004'), 'time(1, 2, 3, 4)'],
    [
      'PlainDateTime',
      Temporal.PlainDateTime.from('2020-01-02T03:04:05.678901'),
      'datetime(2020, 1, 2, 3, 4, 5, 678901)',
    ],
    [
      'ZonedDateTime',
      Temporal.ZonedDateTime.from('2020-01-02T00:00[UTC]'),
      'datetime(2020, 1, 2, tzinfo=utc)',
    ],
    [
      'ZonedDateTime',
      Temporal.ZonedDateTime.from('1960-01-02T00:00-03:30[-03:30]'),
      'datetime(1960, 1, 2, tzinfo=timezone(timedelta(hours=-3, minutes=-30)))',
    ],
  ])('a %s is what Python has for it, and comes back the same', (type, value, source) => {
    expect(home(source, value)).toBe(true)
    const back = echo(value)
    expect(typeOf(back)).toBe(`Temporal.${type}`)
    expect(String(back)).toBe(String(value))
  })

  test.runIf(hasZones)('the second of two times that are the same', () => {
    const value = Temporal.ZonedDateTime.from('2020-10-25T02:30:00+01:00[Europe/Berlin]')
    expect(
      home('datetime(2020, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1)', value),
    ).toBe(true)
    expect(String(echo(value))).toBe(String(value))
  })

  test.each(['PT36H', 'P1DT12H', 'P2W', '-PT90M', 'PT0S', 'PT1.000001S', 'PT1000000000S'])(
    'a Duration %s comes back the same',
    (text) => {
      const value = Temporal.Duration.from(text)
      expect(python.eval('lambda d: isinstance(d, timedelta) and d.total_seconds()')(value)).toBe(
        value.total({ unit: 'seconds', relativeTo: '2020-01-01T00:00[UTC]' }),
      )
      expect(String(echo(value))).toBe(text)
      expect(String(echo([value, 1])[0])).toBe(text)
      expect(python.eval('lambda d: str(__import__("copy").deepcopy(d).text)')(value)).toBe(text)
    },
  )

  test('what is calculated with a Duration is a timedelta', () => {
    expect(String(python.eval('lambda d: d * 2')(Temporal.Duration.from('PT36H')))).toBe('P3D')
  })

  test('an Instant is a datetime, and comes back the same', () => {
    const value = Temporal.Instant.from('1960-01-02T03:04:05.678901Z')
    expect(python.eval('lambda i: i == datetime(1960, 1, 2, 3, 4, 5, 678901, utc)')(value)).toBe(
      true,
    )
    expect(typeOf(echo(value))).toBe('Temporal.Instant')
    expect(String(echo(value))).toBe(String(value))
    expect(String(python.eval('lambda i: i + timedelta(1)')(value))).toMatch('1960-01-03')
  })

  test.each<[string, object]>([
    ['nanoseconds', Temporal.PlainTime.from('01:00:00.000000001')],
    ['nanoseconds', Temporal.PlainDateTime.from('2020-01-01T01:00:00.000000001')],
    ['nanoseconds', Temporal.ZonedDateTime.from('2020-01-01T01:00:00.000000001[UTC]')],
    ['nanoseconds', Temporal.Instant.from('2020-01-01T01:00:00.000000001Z')],
    ['nanoseconds', Temporal.Duration.from('PT0.000000001S')],
    ['months', Temporal.Duration.from('P1M')],
    ['months', Temporal.Duration.from('P1Y')],
    ['the calendar', Temporal.PlainDate.from('2020-01-01').withCalendar('hebrew')],
    ['the calendar', Temporal.ZonedDateTime.from('2020-01-01T01:00[UTC]').withCalendar('hebrew')],
  ])('what Python has no place for is refused: %s', (why, value) => {
    expect(refusal('CONVERSION', () => echo(value))).toMatch(why)
  })

  test('a year that Python does not have is refused by Python', () => {
    expect(() => echo(Temporal.PlainDate.from('+012020-01-01'))).toThrow('year')
  })

  test('any time in any of some zones', () => {
    const zones = hasZones
      ? ['UTC', '+05:30', 'Europe/Berlin', 'America/St_Johns', 'Asia/Tokyo']
      : ['UTC', '+05:30']
    const micro = fc.integer({ min: -2_208_988_800_000_000, max: 4_102_444_800_000_000 })
    fc.assert(
      fc.property(micro, fc.constantFrom(...zones), (microseconds, zone) => {
        const value = new Temporal.ZonedDateTime(BigInt(microseconds) * 1000n, zone)
        const back = echo(value)
        // Of an offset with seconds, as there were long ago, Temporal's own text says less.
        return typeOf(back) !== 'Temporal.ZonedDateTime' || String(back) === String(value)
      }),
      { numRuns: 300 },
    )
  })
})

describe('the namespace', () => {
  test.each([5, null, {}, Date])('is not %s', (given) => {
    refusal('INVALID_ARGUMENT', () => converters.temporal(given as object))
  })

  test('is that of the runtime where none is given', () => {
    if ('Temporal' in globalThis) expect(converters.temporal()).toHaveLength(7)
    else refusal('INVALID_ARGUMENT', () => converters.temporal())
    const runtime = globalThis as { Temporal?: unknown }
    if (runtime.Temporal !== undefined) return
    runtime.Temporal = Temporal
    try {
      expect(converters.temporal()).toHaveLength(7)
    } finally {
      delete runtime.Temporal
    }
  })
})
