// Two parsers, one of each language, read the files of JSONTestSuite. What one of them makes of a
// file crosses, and is what the other makes of it.
import { isUtf8 } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { type PythonError, python } from '../../lib/index.js'
import { files } from '../fixtures/json-test-suite/index.js'
import { defineSame, same } from '../fixtures/same.js'
import { thrown } from '../fixtures/thrown.js'

defineSame()
python.exec(`
import json, pybridge
def loads(text): return json.loads(text)
def loads_floats(text): return json.loads(text, parse_int=float)  # as JavaScript, which has no ints
def is_loaded(text, value): return same(loads(text), value, hole=True)
def is_loaded_floats(text, value): return same(loads_floats(text), value, hole=True)
def name_of_error(parse, text):
    try:
        return parse(text)
    except pybridge.JsError as error:
        return error.name
`)
const loads = python.eval('loads')
const loadsFloats = python.eval('loads_floats')
const isLoaded = python.eval('is_loaded')
const isLoadedFloats = python.eval('is_loaded_floats')
const nameOfError = python.eval('name_of_error')
const parse = (text: string): unknown => JSON.parse(text)

const both = files('i_').filter(([, bytes]) => parses(parse, bytes) && parses(loads, bytes))
const neither = files('i_').filter(([, bytes]) => !parses(parse, bytes))
const others = files('i_').filter((file) => ![...both, ...neither].some(([n]) => n === file[0]))

function parses(parser: (text: string) => unknown, bytes: Buffer): boolean {
  try {
    parser(bytes.toString())
    return true
  } catch {
    return false
  }
}

test('every file is here, and both parsers agree on which are JSON', () => {
  expect((['y_', 'n_', 'i_'] as const).map((name) => files(name).length)).toEqual([95, 188, 35])
  expect(neither).toHaveLength(4)
  // A debug build of Python's recurses less deep.
  expect([[], ['i_structure_500_nested_arrays']]).toContainEqual(others.map(([name]) => name))
})

describe.each([
  ['must be parsed', files('y_')],
  ['may be parsed, and is by both', both],
])('what %s is the same on both sides', (_, parsed) => {
  test.each(parsed)('%s', (_, bytes) => {
    const text = bytes.toString()
    const wanted = parse(text)
    const came = loads(text)
    expect(same([loadsFloats(text)], [wanted])).toBe(true)
    expect(isLoadedFloats(text, wanted)).toBe(true)
    expect(isAlike(came, wanted)).toBe(true)
    expect(isLoaded(text, came)).toBe(true)
    if (isUtf8(bytes)) expect(same([loads(bytes)], [came])).toBe(true)
  })
})

/** The same, but for ints: JavaScript's parser rounds them, and knows a 0 with a sign. */
function isAlike(came: unknown, wanted: unknown): boolean {
  if (typeof came === 'bigint') return Number(came) === wanted && !Number.isSafeInteger(wanted)
  if (typeof wanted !== 'object' || wanted === null) return came === wanted
  const items = Object.entries(came as object)
  const others = Object.entries(wanted)
  return (
    Array.isArray(came) === Array.isArray(wanted) &&
    items.length === others.length &&
    items.every(([key, item], i) => key === others[i]?.[0] && isAlike(item, others[i]?.[1]))
  )
}

describe('what is refused', () => {
  /** JSON has none of them, and Python's parser takes them all the same. */
  const notJson: Record<string, number[]> = {
    n_number_NaN: [Number.NaN],
    n_number_infinity: [Number.POSITIVE_INFINITY],
    n_number_minus_infinity: [Number.NEGATIVE_INFINITY],
  }

  test.each([...files('n_'), ...neither])('%s', (name, bytes) => {
    const text = bytes.toString()
    expect(() => parse(text)).toThrow(SyntaxError)
    expect(nameOfError(parse, text)).toBe('SyntaxError')
    if (name in notJson) expect(loads(text)).toEqual(notJson[name])
    else {
      const { type } = thrown(() => loads(text)) as PythonError
      expect(['JSONDecodeError', 'RecursionError']).toContain(type)
    }
  })
})
