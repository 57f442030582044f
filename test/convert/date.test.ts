// datetime ⇄ PyDate, and Date ⇄ pybridge.Date: microseconds, fold and time zone are kept.
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PyDate, python, withOptions } from '../../lib/index.js'

python.exec(`
import datetime, pybridge
from datetime import datetime as dt, timedelta, timezone, tzinfo
utc = timezone.utc
class Odd(tzinfo):
    def __init__(self, offset): self.offset = offset
    def utcoffset(self, when): return self.offset
    def dst(self, when): return None
class Refusing(tzinfo):
    def utcoffset(self, when): raise RuntimeError('no')
odd, nothing, refusing = Odd(timedelta(hours=1)), Odd(None), Refusing()
east = timezone(timedelta(hours=5, minutes=30))
`)
const echo = python.eval('lambda value: value')
const repr = python.eval('repr')
const same = python.eval(
  'lambda a, b: type(a) is type(b) and a == b and a.fold == b.fold and a.tzinfo is b.tzinfo',
)

describe('a datetime is a PyDate', () => {
  test.each([
    'dt(2026, 1, 2, 3, 4, 5, 678901)',
    'dt(2026, 1, 2, 3, 4, 5, 678901, tzinfo=utc)',
    'dt(2026, 1, 2, tzinfo=east)',
    'dt(2026, 10, 25, 2, 30, fold=1)',
    'dt(2026, 10, 25, 2, 30, fold=1, tzinfo=odd)',
    'dt(1, 1, 1, tzinfo=east)',
    'dt(9999, 12, 31, 23, 59, 59, 999999, tzinfo=east)',
    'dt(1969, 12, 31, 23, 59, 59, 999999, tzinfo=utc)',
    'dt(1900, 1, 1, 0, 0, 0, 1, tzinfo=utc)',
    'dt(2020, 1, 1, tzinfo=nothing)',
    'dt(2026, 6, 1, tzinfo=timezone(timedelta(microseconds=1)))',
  ])('%s comes back equal, with its zone', (source) => {
    python.exec(`kept = ${source}`)
    const date = python.eval('kept')
    expect(date).toBeInstanceOf(PyDate)
    expect(date).toBeInstanceOf(Date)
    expect(same(date, python.eval('kept'))).toBe(true)
    expect(
      python.eval('lambda d: [d["when"] == kept, d["when"].tzinfo is kept.tzinfo]')({ when: date }),
    ).toEqual([true, true])
  })

  test('it has the time, the microseconds, the zone', () => {
    const aware = python.eval('dt(2026, 1, 2, 3, 4, 5, 678901, tzinfo=east)') as PyDate
    expect(aware.getTime()).toBe(Date.UTC(2026, 0, 1, 21, 34, 5, 678))
    expect(aware.microsecond).toBe(678_901)
    expect(aware.fold).toBe(0)
    expect(aware.naive).toBe(false)
    expect(aware.timezone).toBe(python.eval('east'))
    expect(String(aware)).toBe('2026-01-02T03:04:05.678901+05:30')
    expect(JSON.stringify(aware)).toBe('"2026-01-01T21:34:05.678Z"')
  })

  test('a naive one is read as local time, as Python does', () => {
    const naive = python.eval('dt(2026, 7, 2, 3, 4, 5, 678901)') as PyDate
    expect(naive.getTime()).toBe(new Date(2026, 6, 2, 3, 4, 5, 678).getTime())
    expect(naive.naive).toBe(true)
    expect(naive.timezone).toBeNull()
    expect(String(naive)).toBe('2026-07-02T03:04:05.678901')
  })

  test('once its time was changed, it goes back as any Date', () => {
    const date = python.eval('dt(2026, 1, 2, 3, 4, 5, 678901, tzinfo=east)') as PyDate
    date.setTime(5)
    expect(repr(date)).toBe('Date(1970, 1, 1, 0, 0, 0, 5000, tzinfo=datetime.timezone.utc)')
  })

  test('where its zone does not say what time it is, it stays a reference', () => {
    python.exec('kept = dt(2020, 1, 1, tzinfo=refusing)')
    expect(python.eval('kept')).not.toBeInstanceOf(Date)
    expect(python.eval('lambda value: value is kept')(python.eval('kept'))).toBe(true)
  })

  test('in containers, off the thread, as an argument of a callback', async () => {
    const give = python.eval('lambda *_: {"at": [dt(2026, 1, 1, tzinfo=utc)] * 2, "more": "x"}')
    for (const got of [give(), await give.async([1])]) {
      expect(got.at[0]).toBeInstanceOf(PyDate)
      expect(got.more).toBe('x')
    }
    const heard: unknown[] = []
    python.eval('lambda f: f(dt(2026, 1, 1), [1, "a"])')(
      (...args: unknown[]) => void heard.push(...args),
    )
    expect(heard[0]).toBeInstanceOf(PyDate)
    expect(heard[1]).toEqual([1, 'a'])
  })

  test('zones that use JavaScript meanwhile change nothing else of the value', () => {
    python.exec(`
class Asking(tzinfo):
    def __init__(self, ask): self.ask = ask
    def utcoffset(self, when):
        self.ask([9, {'z': 'other'}])
        return timedelta(0)
def asking(ask): return [1.5, 'text', [dt(2020, 1, 1, tzinfo=Asking(ask))], {'k': 'longer than that'}]
`)
    const [first, text, dates, object] = python.eval('asking')((value: unknown) => [value])
    expect([first, text, object]).toEqual([1.5, 'text', { k: 'longer than that' }])
    expect(dates[0]).toBeInstanceOf(PyDate)
  })
})

describe('a Date is a pybridge.Date', () => {
  test.each([0, 1, -1, 1234567890123, -62_135_596_800_000, 253_402_300_799_999])('%d', (time) => {
    const date = new Date(time)
    const back = echo(date)
    expect(back).toBeInstanceOf(Date)
    expect(back).not.toBeInstanceOf(PyDate)
    expect(back.getTime()).toBe(time)
    expect(
      python.eval('lambda d: [type(d) is pybridge.Date, isinstance(d, dt), d.tzinfo is utc]')(date),
    ).toEqual([true, true, true])
    expect(echo([date])[0].getTime()).toBe(time)
  })

  test('every millisecond is exact', () => {
    fc.assert(
      fc.property(
        fc.date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') }),
        (date) => {
          expect(echo(date).getTime()).toBe(date.getTime())
        },
      ),
    )
  })

  test('of another realm as well', () => {
    expect(echo(runInNewContext('new Date(7)')).getTime()).toBe(7)
  })

  test('what Python computes with it keeps its microseconds', () => {
    const later = python.eval('lambda d: d + timedelta(microseconds=1)')(new Date(0)) as PyDate
    expect(later.microsecond).toBe(1)
    expect(python.eval('lambda d: d == dt(1970, 1, 1, 0, 0, 0, 1, tzinfo=utc)')(later)).toBe(true)
  })
})

test('any datetime comes back equal', () => {
  const make = withOptions(
    python.eval(
      'lambda days, us, zone, fold: ([kept.clear(), kept.append((dt(1, 1, 2) + timedelta(days=days, microseconds=us)).replace(fold=fold, tzinfo=[None, utc, east, odd][zone]))] and kept[0])',
    ),
    {},
  )
  python.exec('kept = []')
  const check = python.eval(
    'lambda back: back == kept[0] and back.tzinfo is kept[0].tzinfo and back.fold == kept[0].fold',
  )
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 3_652_055 }),
      fc.integer({ min: 0, max: 86_399_999_999 }),
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 0, max: 1 }),
      (days, us, zone, fold) => {
        expect(check(make(days, us, zone, fold))).toBe(true)
      },
    ),
    { numRuns: 500 },
  )
})
