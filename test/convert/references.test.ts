// Rule 2: what is not plain crosses as a reference, and comes home as the identical thing.
import { createHash, webcrypto } from 'node:crypto'
import * as path from 'node:path'
import { expect, test } from 'vitest'
import { kw, python, withOptions } from '../../lib/index.js'

const echo = python.eval('lambda value, *others, **keywords: value')
const last = python.eval('lambda *values: values[-1]')
const named = python.eval('lambda *, key: key')
const kind = python.eval('lambda value: type(value).__name__')
const call = python.eval('lambda f: f()')

const values: [string, unknown][] = [
  ['a RegExp', /x/],
  ['an Error', new Error('no')],
  ['a Promise', Promise.resolve()],
  ['a symbol', Symbol('s')],
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
  ['a Proxy of an object', new Proxy({}, {})],
  ['a Proxy of an Array', new Proxy([], {})],
  ['a Proxy of a Map', new Proxy(new Map(), {})],
  ['an Invalid Date', new Date(Number.NaN)],
  ['a Date after the year 9999', new Date(8.64e15)],
  ['a Date before the year 1', new Date(-8.64e15)],
  ['a subclass of Date', new (class Later extends Date {})(0)],
  ['a subclass of Array', new (class List extends Array {})()],
  ['a subclass of Map', new (class Table extends Map {})()],
  ['an array with a hole', Object.assign([1], { 2: 3 })],
  [
    'an object with an accessor',
    {
      get a() {
        return 1
      },
    },
  ],
  ['an object with a symbol key', { [Symbol.iterator]: 1 }],
  ['a function', () => 1],
  ['a class', class {}],
]

test.each(values)('%s comes home: as argument, keyword, item, key, result', async (_, value) => {
  expect(kind(value)).toBe('JsProxy')
  expect(echo(value)).toBe(value)
  expect(last(1, value)).toBe(value)
  expect(withOptions(echo, { timeout: 10_000 })(value)).toBe(value)
  expect(named(kw({ key: value }))).toBe(value)
  expect(echo([value])[0]).toBe(value)
  expect(echo({ value }).value).toBe(value)
  const [entry] = [...echo(new Map([[value, value]]))]
  expect(entry[0]).toBe(value)
  expect(entry[1]).toBe(value)
  expect([...echo(new Set([value]))][0]).toBe(value)
  expect(python.ref(value)).toBe(value)
  expect(python`${value}`).toBe(value)
  expect(call(() => value)).toBe(value)
  expect((await echo.async([value]))[0]).toBe(value)
})

test('one object is one reference', () => {
  const point = new (class Point {})()
  expect(python.eval('lambda a, b: a is b')(point, point)).toBe(true)
  expect(python.eval('lambda a: a[0] is a[1]["x"]')([point, { x: point }])).toBe(true)
})

test('an arguments object keeps its identity', () => {
  const given = (function (..._: number[]): IArguments {
    // biome-ignore lint/complexity/noArguments: it is what is tested.
    return arguments
  })(1, 2)
  expect(echo(given)).toBe(given)
})
