// date, time, timedelta and time zones, as small objects of ours.
import { inspect } from 'node:util'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { converters, python } from '../../../lib/index.js'
import { refusal } from '../../fixtures/thrown.js'

python.exec(`
import datetime as dt
from datetime import date, time, timedelta, timezone, datetime
try: from zoneinfo import ZoneInfo
except ImportError: ZoneInfo = None
kept = []
def keep(value):
    kept[:] = [value]
    return value
is_kept = lambda home: home is kept[0]
def same(one, other): return type(one) is type(other) and one == other and repr(one) == repr(other)
class Fancy(date): pass
class Odd(dt.tzinfo):
    def utcoffset(self, when): return timedelta(hours=1)
`)
const hasZones = python.eval('ZoneInfo is not None') as unknown as boolean
const [day, time, timedelta, timezone] = converters.dates
afterAll(python.register(converters.dates))
const isKept = python.eval('is_kept')
const home = (source: string, value: unknown): unknown =>
  python.eval(`lambda home: same(${source}, home) or repr(home)`)(value)

test.each([
  ['date(2020, 2, 29)', day.js, '2020-02-29', 'date 2020-02-29'],
  ['date.min', day.js, '0001-01-01', 'date 0001-01-01'],
  ['date.max', day.js, '9999-12-31', 'date 9999-12-31'],
  ['Fancy(1999, 1, 2)', day.js, '1999-01-02', 'date 1999-01-02'],
  ['time(1, 2, 3)', time.js, '01:02:03', 'time 01:02:03'],
  ['time(23, 59, 59, 999999, fold=1)', time.js, '23:59:59.999999', 'time 23:59:59.999999'],
  ['time(1, tzinfo=timezone.utc)', time.js, '01:00:00', 'time 01:00:00'],
  ['timedelta(0)', timedelta.js, 'PT0S', 'timedelta PT0S'],
  ['timedelta(1)', timedelta.js, 'P1D', 'timedelta P1D'],
  ['timedelta(1, 2, 30)', timedelta.js, 'P1DT2.00003S', 'timedelta P1DT2.00003S'],
  ['timedelta(microseconds=-1)', timedelta.js, '-PT0.000001S', 'timedelta -PT0.000001S'],
  [
    'timedelta.max',
    timedelta.js,
    'P999999999DT86399.999999S',
    'timedelta P999999999DT86399.999999S',
  ],
  ['timedelta.min', timedelta.js, '-P999999999D', 'timedelta -P999999999D'],
  ['timezone.utc', timezone.js, 'UTC', 'timezone UTC'],
  ['timezone(timedelta(hours=-3, minutes=-30))', timezone.js, 'UTC-03:30', 'timezone UTC-03:30'],
  ['timezone(timedelta(seconds=1, microseconds=1), "odd")', timezone.js, 'odd', 'timezone odd'],
])('%s is an object that reads %#, and comes home as itself', (source, js, text, shown) => {
  const value = python.eval(`keep(${source})`)
  expect(value).toBeInstanceOf(js)
  expect(String(value)).toBe(text)
  expect(JSON.stringify([value])).toBe(JSON.stringify([text]))
  expect(inspect(value)).toBe(shown)
  expect(Object.isFrozen(value)).toBe(true)
  expect(isKept(value)).toBe(true)
  expect(isKept(python.eval('{"a": [kept[0]]}').a[0])).toBe(true)
})

describe('what they consist of', () => {
  test('a day', () => {
    const { year, month, day } = python.eval('date(2020, 2, 29)')
    expect([year, month, day]).toEqual([2020, 2, 29])
    expect(python.eval('date(2020, 2, 29)') < python.eval('date(2020, 3, 1)')).toBe(true)
    expect(Number(python.eval('date(50, 1, 1)'))).toBe(Date.parse('0050-01-01'))
  })

  test('a time, with its time zone', () => {
    const value = python.eval('time(1, 2, 3, 4, timezone.utc, fold=1)')
    expect([value.hour, value.minute, value.second, value.microsecond, value.fold]).toEqual([
      1, 2, 3, 4, 1,
    ])
    expect(value.timezone).toBeInstanceOf(timezone.js)
    expect(python.eval('time(1)').timezone).toBeNull()
  })

  test('a timedelta', () => {
    const { days, seconds, microseconds } = python.eval('timedelta(microseconds=-1)')
    expect([days, seconds, microseconds]).toEqual([-1, 86_399, 999_999])
    expect(Number(python.eval('timedelta(1, 2, 3000)'))).toBe(86_402_003)
  })

  test('a time zone', () => {
    expect(python.eval('timezone(timedelta(hours=1))').offset).toBe(3600)
    expect(python.eval('timezone.utc').key).toBeNull()
  })

  test.runIf(hasZones)('a zone by its key', () => {
    const zone = python.eval('keep(ZoneInfo("Europe/Berlin"))')
    expect([zone.key, zone.offset, String(zone)]).toEqual(['Europe/Berlin', null, 'Europe/Berlin'])
    expect(isKept(zone)).toBe(true)
    expect(home('ZoneInfo("Asia/Tokyo")', new timezone.js('Asia/Tokyo'))).toBe(true)
  })
})

describe('what JavaScript makes', () => {
  test.each<[string, () => object, string]>([
    ['a day', () => new day.js(2020, 2, 29), 'date(2020, 2, 29)'],
    ['a time', () => new time.js(1, 2, 3, 4, 1), 'time(1, 2, 3, 4, fold=1)'],
    [
      'a time in a zone',
      () => new time.js(1, 0, 0, 0, 0, new timezone.js(3600)),
      'time(1, tzinfo=timezone(timedelta(hours=1)))',
    ],
    ['a timedelta', () => new timedelta.js(1, -1, 2_000_001), 'timedelta(1, -1, 2000001)'],
    ['UTC', () => new timezone.js(0), 'timezone.utc'],
    ['an offset', () => new timezone.js(-3600), 'timezone(timedelta(hours=-1))'],
  ])('%s goes to Python, and comes back equal', (_, make, source) => {
    expect(home(source, make())).toBe(true)
    const back = python.eval('lambda value: value')(make())
    expect(back).toBeInstanceOf(make().constructor)
    expect(home(source, back)).toBe(true)
  })

  test.each<[string, () => unknown]>([
    ['a day that there is not', () => new day.js(2021, 2, 29)],
    ['a month 13', () => new day.js(2021, 13, 1)],
    ['the year 0', () => new day.js(0, 1, 1)],
    ['half a day', () => new day.js(2020, 1, 1.5)],
    ['24 hours', () => new time.js(24)],
    ['a fold of 2', () => new time.js(1, 0, 0, 0, 2 as 1)],
    ['half seconds', () => new timedelta.js(0, 0.5)],
    ['a zone of nothing', () => new timezone.js('')],
    ['an offset of a day', () => new timezone.js(86_400)],
  ])('%s is refused', (_, make) => {
    refusal('INVALID_ARGUMENT', make)
  })

  test('any timedelta', () => {
    const parts = python.eval('lambda t: (t.days, t.seconds, t.microseconds)')
    const make = python.eval('lambda *parts: timedelta(*parts)')
    const part = fc.integer({ min: -(10 ** 8), max: 10 ** 8 })
    fc.assert(
      fc.property(part, part, part, (days, seconds, microseconds) => {
        const there = new timedelta.js(days, seconds, microseconds)
        const here = make(days, seconds, microseconds)
        expect(parts(there)).toEqual([there.days, there.seconds, there.microseconds])
        expect(`${here}`).toBe(`${there}`)
      }),
    )
  })
})

test.each(['Odd()', 'datetime', 'timezone'])('%s stays a reference', (source) => {
  const value = python.eval(`keep(${source})`)
  expect(inspect(value)).not.toMatch(/^(date|time)/)
  expect(isKept(value)).toBe(true)
})

test('a datetime crosses as before', () => {
  expect(python.eval('datetime(2020, 1, 2)').constructor.name).toBe('PyDate')
  expect(home('datetime(2020, 1, 2)', python.eval('datetime(2020, 1, 2)'))).toBe(true)
})
