// The tables of docs/conversion.md are true, and are what the page has.
import { describe, expect, test } from 'vitest'
import type { ConversionMode, Returns } from '../../lib/convert/rules.js'
import { python, withOptions } from '../../lib/index.js'
import {
  arrivingByMode,
  type FromJavaScript,
  type FromPython,
  fromJavaScript,
  fromPython,
  inPython,
  kindOf,
  leavingByMode,
} from '../fixtures/conversion-table.js'
import { expectPageToHave, table } from '../fixtures/page.js'
import { defineSame, same } from '../fixtures/same.js'
import { refusal } from '../fixtures/thrown.js'

const ofOurs: Record<string, unknown> = { fetched: () => 1, instance: new URL('http://a/') }

defineSame()
python.exec(inPython)
python.exec(`
def keep(source):
    global kept
    kept = eval(source)
def type_name(value):
    return type(value).__name__
def is_same(one, other):
    if isinstance(one, datetime.datetime):
        naive = [when.replace(tzinfo=None) for when in (one, other)]
        alike = one.fold == other.fold and one.tzinfo is other.tzinfo
        return type(one) is type(other) and naive[0] == naive[1] and alike
    if type(one) is pybridge.Set:
        return type(other) is pybridge.Set and one._order == other._order and one == other
    return same(one, other)
def judge(value, back):
    if back == 'identical':
        return value is kept
    return is_same(kept, value) if back == 'same' else type(value) is int and value == kept
`)
python.eval('globals().update')(ofOurs)
const keep = python.eval('keep')
const judge = python.eval('judge')
const typeName = python.eval('type_name')
const echo = python.eval('lambda value: value')

function title({ name, which }: { name: string; which?: string }): string {
  if (which === undefined) return name
  if (/^(?:that|with|whose) /.test(which)) return `${name} ${which}`
  return name.startsWith('everything') ? `${name}: ${which}` : `${name}, ${which}`
}

describe('from Python', () => {
  const rows = fromPython.flatMap((row) =>
    row.sources.map((source): [string, string, FromPython] => [row.name ?? row.type, source, row]),
  )

  test.each(rows)('%s: %s', (_, source, { type, kind, only, back }) => {
    keep(source)
    if (type !== '*') expect(python.eval('type(kept).__name__')).toBe(type)
    if (only !== 'inside') {
      const arrived = python.eval('kept')
      check(arrived, source, kind)
      expect(judge(arrived, back)).toBe(true)
    }
    if (only !== 'bare') {
      const list = python.eval('[kept]')
      const object = python.eval('{"key": kept}')
      check(list[0], source, kind)
      check(object.key, source, kind)
      expect(python.eval('lambda values, back: judge(values[0], back)')(list, back)).toBe(true)
      expect(python.eval('lambda d, back: judge(d["key"], back)')(object, back)).toBe(true)
    }
  })

  function check(arrived: unknown, source: string, kind: string): void {
    if (source in ofOurs) expect(arrived).toBe(ofOurs[source])
    else expect(kindOf(arrived)).toBe(kind)
  }
})

describe('from JavaScript', () => {
  const rows = fromJavaScript.flatMap((row) =>
    row.values().map((value, i): [string, number, unknown, FromJavaScript] => {
      return [row.name, i, value, row]
    }),
  )

  test.each(rows)('%s: %i', (_, _i, value, { type, only, back }) => {
    expect(python.eval('lambda values: type_name(values[0])')([value])).toBe(type)
    expectBack(echo([value])[0], value, back)
    expectBack(echo({ value }).value, value, back)
    if (only === 'inside') return
    expect(typeName(value)).toBe(type)
    expectBack(echo(value), value, back)
  })

  function expectBack(came: unknown, value: unknown, back: FromJavaScript['back']): void {
    if (back === 'identical') return expect(came).toBe(value)
    expect(came).toEqual(value)
    expect(same(value, came)).toBe(true)
  }
})

const returns: readonly Returns[] = ['auto', 'exact', 'strict', 'json', 'ref', 'number', 'bigint']
const modes: readonly ConversionMode[] = ['auto', 'exact', 'strict', 'json', 'ref']

test('docs/conversion.md has these tables, and those of the modes', async () => {
  const quoted = (names: readonly string[]): string[] => names.map((name) => `\`${name}\``)
  await expectPageToHave('docs/conversion.md', {
    'from Python': table(
      ['Python', 'JavaScript', 'back in Python'],
      fromPython.map((row) => [
        nameOf(row),
        row.note === undefined ? shown(row.kind) : `${shown(row.kind)}, ${row.note}`,
        backOf(row),
      ]),
    ),
    'from JavaScript': table(
      ['JavaScript', 'Python', 'back in JavaScript'],
      fromJavaScript.map((row) => [
        title(row),
        row.shown ?? `\`${row.type}\``,
        row.back === 'identical' ? 'the same' : 'an equal one',
      ]),
    ),
    'modes of results': table(
      ['Python', ...quoted(returns)],
      arrivingByMode.map(([name, source]) => [
        name,
        ...returns.map((mode) => shown(arrived(source, mode))),
      ]),
    ),
    'modes of arguments': table(
      ['JavaScript', ...quoted(modes)],
      leavingByMode.map(([name, make]) => [
        name,
        ...modes.map((mode) => shown(left(make(), mode))),
      ]),
    ),
  })
})

function nameOf(row: FromPython): string {
  return title({ ...row, name: row.name ?? `\`${row.type}\`` })
}

function backOf({ type, name = `\`${type}\``, back }: FromPython): string {
  if (back === 'int') return '**an equal `int`**'
  return back === 'identical' ? 'the same object' : name
}

const words = /^(?:plain object|frozen Array|what it stands for|throws)$/

function shown(kind: string): string {
  return words.test(kind) ? kind.replace('Array', '`Array`') : `\`${kind}\``
}

function arrived(source: string, mode: Returns): string {
  return orThrows(() => kindOf(withOptions(python.eval(`lambda: ${source}`), { returns: mode })()))
}

function left(value: unknown, args: ConversionMode): string {
  return orThrows(() => withOptions(typeName, { args, returns: 'auto' })(value))
}

function orThrows(body: () => string): string {
  let kind = 'throws'
  const attempt = (): void => {
    kind = body()
  }
  try {
    attempt()
  } catch (error) {
    refusal('CONVERSION', () => {
      throw error
    })
  }
  return kind
}
