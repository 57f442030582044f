// Rule 6: what the table does not cover yet throws, with the path to it.
import { createHash, webcrypto } from 'node:crypto'
import * as path from 'node:path'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { kw, python, withOptions } from '../../lib/index.js'
import { refusal } from '../fixtures/thrown.js'

const echo = python.eval('lambda *values, **keywords: values')

const values: [string, unknown][] = [
  ['a Date', new Date()],
  ['a RegExp', /x/],
  ['an Error', new Error('no')],
  ['a Promise', Promise.resolve()],
  ['a symbol', Symbol('s')],
  ['a Uint8Array', new Uint8Array(2)],
  ['a Float64Array', new Float64Array(2)],
  ['a BigInt64Array', new BigInt64Array(2)],
  ['a DataView', new DataView(new ArrayBuffer(2))],
  ['an ArrayBuffer', new ArrayBuffer(2)],
  ['a SharedArrayBuffer', new SharedArrayBuffer(2)],
  ['a WeakRef', new WeakRef({})],
  ['a WeakSet', new WeakSet()],
  ['a generator', (function* () {})()],
  ['an iterator', [1].values()],
  ['an instance', new (class Point {})()],
  ['a boxed number', Object(1)],
  ['a boxed string', Object('a')],
  ['a boxed bigint', Object(1n)],
  ['a boxed symbol', Object(Symbol('s'))],
  ['a URL', new URL('http://localhost/')],
  ['a hash', createHash('sha256')],
  ['a module', path],
  ['crypto', webcrypto],
  ['a Date of another realm', runInNewContext('new Date()')],
  ['a Proxy of an object', new Proxy({}, {})],
  ['a Proxy of an Array', new Proxy([], {})],
  ['a Proxy of a Map', new Proxy(new Map(), {})],
  ['keyword arguments in the wrong place', [kw({ a: 1 })]],
]

test.each(values)('%s cannot cross yet: as argument, keyword, item, scope, result', (_, value) => {
  refusal('CONVERSION', () => echo(value))
  refusal('CONVERSION', () => echo(1, value))
  refusal('CONVERSION', () => withOptions(echo, {})(value))
  refusal('CONVERSION', () => echo(kw({ key: value })))
  refusal('CONVERSION', () => echo([value]))
  refusal('CONVERSION', () => echo({ value }))
  refusal('CONVERSION', () => echo(new Map([['a', value]])))
  refusal('CONVERSION', () => python.ref(value))
  refusal('CONVERSION', () => python`${value}`)
  expect(() => python.eval('lambda f: f()')(() => value)).toThrow('CONVERSION')
  expect(echo(1)).toEqual([1])
})

test('the proxy keeps what it had when a write is refused', () => {
  const list = python.ref([1])
  refusal('CONVERSION', () => {
    list[0] = new Date()
  })
  expect(python.copy(list)).toEqual([1])
})

describe('the message names the path', () => {
  const date = new Date(0)

  test.each<[string, () => unknown, string]>([
    ['an argument', () => echo(1, 2, date), 'argument 2 is an instance of Date'],
    ['a scalar argument', () => echo(1, Symbol('s')), 'argument 1 is a symbol'],
    ['a keyword', () => echo(kw({ when: date })), 'keyword "when" is'],
    ['a property', () => echo({ rows: [1, { key: date }] }), 'argument 0 → .rows[1].key is'],
    ['an odd property', () => echo({ 'a b': { '': date } }), 'argument 0 → ["a b"][""] is'],
    ['a property in any alphabet', () => echo({ größe: date }), 'argument 0 → .größe is'],
    ['a value of a Map', () => echo(new Map([[5, date]])), 'argument 0 → .get(5) is'],
    ['a value under an object', () => echo(new Map([[echo(), date]])), 'argument 0 → .get(…) is'],
    ['a value under a function', () => echo(new Map([[echo, date]])), 'argument 0 → .get(…) is'],
    ['a key of a Map', () => echo(new Map([[date, 5]])), 'argument 0 → a key is'],
    ['an item of a Set', () => echo(new Set([date])), 'argument 0 → an item of the Set is'],
    ['a keyword’s depth', () => echo(kw({ a: [[date]] })), 'keyword "a" → [0][0] is'],
    ['a value of python.ref', () => python.ref({ a: date }), 'the value → .a is'],
    ['an attribute', () => (python.ref(echo).x = [date]), 'the value of .x → [0] is'],
  ])('of %s', (_, body, expected) => {
    expect(refusal('CONVERSION', body)).toContain(`this value cannot cross: ${expected}`)
  })

  test('of a callback’s result', () => {
    expect(() => python.eval('lambda f: f()')(() => ({ a: date }))).toThrow('the result → .a is')
  })

  test('the message has the advice and the code', () => {
    expect(refusal('CONVERSION', () => echo(date))).toMatch(/What to do: .* \[CONVERSION\]$/)
  })
})
