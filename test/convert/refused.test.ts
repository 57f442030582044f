// Rule 6: what cannot cross throws, with the path to it, and the same elsewhere goes on.
import { describe, expect, test } from 'vitest'
import { kw, python, withOptions } from '../../lib/index.js'
import { refusal } from '../fixtures/thrown.js'

const echo = python.eval('lambda *values, **keywords: values')
const json = withOptions(echo, { args: 'json' })
const date = new Date(0)
const misplaced = kw({ a: 1 })

test('keyword arguments in the wrong place are refused, wherever that is', () => {
  refusal('CONVERSION', () => echo(misplaced, 1))
  refusal('CONVERSION', () => echo(kw({ key: misplaced })))
  refusal('CONVERSION', () => echo([misplaced]))
  refusal('CONVERSION', () => echo({ misplaced }))
  refusal('CONVERSION', () => echo(new Map([['a', misplaced]])))
  refusal('CONVERSION', () => python.ref(misplaced))
  refusal('CONVERSION', () => python`${misplaced}`)
  expect(() => python.eval('lambda f: f()')(() => misplaced)).toThrow('CONVERSION')
  expect(echo(1)).toEqual([1])
})

test('the proxy keeps what it had when a write is refused', () => {
  const list = python.ref([1])
  refusal('CONVERSION', () => {
    list[0] = misplaced
  })
  expect(python.copy(list)).toEqual([1])
})

describe('the message names the path', () => {
  test.each<[string, () => unknown, string]>([
    ['an argument', () => json(1, 2, date), 'argument 2 is an instance of Date'],
    ['a scalar argument', () => json(1, Symbol('s')), 'argument 1 is a symbol'],
    ['a keyword', () => json(kw({ when: date })), 'keyword "when" is'],
    ['a property', () => json({ rows: [1, { key: date }] }), 'argument 0 → .rows[1].key is'],
    ['an odd property', () => json({ 'a b': { '': date } }), 'argument 0 → ["a b"][""] is'],
    ['a property in any alphabet', () => json({ größe: date }), 'argument 0 → .größe is'],
    ['a keyword’s depth', () => json(kw({ a: [[date]] })), 'keyword "a" → [0][0] is'],
    ['a value of a Map', () => echo(new Map([[5, misplaced]])), 'argument 0 → .get(5) is'],
    ['a value by its name', () => echo(new Map([['a', misplaced]])), 'argument 0 → .a is'],
    ['a value by an object', () => echo(new Map([[{}, misplaced]])), 'argument 0 → .get(…) is'],
    ['a value by a function', () => echo(new Map([[echo, misplaced]])), 'argument 0 → .get(…) is'],
    ['a key of a Map', () => echo(new Map([[misplaced, 5]])), 'argument 0 → a key is'],
    ['an item of a Set', () => echo(new Set([misplaced])), 'argument 0 → an item of the Set is'],
    ['a value of python.ref', () => python.ref({ a: misplaced }), 'the value → .a is'],
    ['an attribute', () => (python.ref(echo).x = [misplaced]), 'the value of .x → [0] is'],
  ])('of %s', (_, body, expected) => {
    expect(refusal('CONVERSION', body)).toContain(`this value cannot cross: ${expected}`)
  })

  test('of a callback’s result', () => {
    expect(() => python.eval('lambda f: f()')(() => ({ a: misplaced }))).toThrow(
      'the result → .a is',
    )
  })

  test.each([
    ['{"rows": [1, {"when": (1,)}]}', "the result → ['rows'][1]['when'] is of type tuple"],
    ['[[], {1: 2}]', 'the result → [1] has keys that are no str'],
    ['[float("nan")]', 'the result → [0] is not finite'],
    ['b""', 'the result is of type bytes'],
    ['{"a": {"b": 2 ** 53}}', "the result → ['a']['b'] is an int beyond"],
  ])('of a result: %s', (source, expected) => {
    const give = withOptions(python.eval(`lambda: ${source}`), { returns: 'json' })
    expect(refusal('CONVERSION', give)).toContain(expected)
  })

  test('lets go of what it was with, at once', () => {
    python.exec(`
import weakref
class Held: pass
def refused():
    global held
    one = Held()
    held = weakref.ref(one)
    return [one, 2 ** 60]
`)
    const give = withOptions(python.eval('refused'), { returns: 'number' })
    expect(refusal('CONVERSION', give)).toContain('the result → [1] is an int beyond')
    expect(python.eval('held() is None')).toBe(true)
  })

  test('the message has the advice and the code', () => {
    expect(refusal('CONVERSION', () => json(date))).toMatch(/What to do: .* \[CONVERSION\]$/)
  })
})
