import fc from 'fast-check'
import { expect, test } from 'vitest'
import { python } from '../../lib/index.js'

const echo = python.eval('lambda value: value')

test.each([
  ["b''", ''],
  ["b'abc'", '616263'],
  ["b'a\\0b\\xff'", '610062ff'],
  ['bytes(range(256))', Buffer.from([...Array(256).keys()]).toString('hex')],
])('%s arrives as a Buffer, and goes back as bytes', (source, hex) => {
  const buffer = python.eval(source)
  expect(Buffer.isBuffer(buffer)).toBe(true)
  expect(buffer.toString('hex')).toBe(hex)
  expect(python.eval(`[${source}]`)[0].equals(buffer)).toBe(true)
  const isSame = python.eval(`lambda value: type(value) is bytes and value == ${source}`)
  expect(isSame(buffer)).toBe(true)
  expect(isSame(Buffer.from(hex, 'hex'))).toBe(true)
})

test('a part of a larger buffer crosses as that part', () => {
  const whole = Buffer.from('0123456789')
  expect(python.eval('bytes.decode')(whole.subarray(2, 5))).toBe('234')
})

test('a Buffer is a copy: neither side sees what the other writes', () => {
  python.exec('kept = b"abc"')
  const buffer = python.eval('kept')
  buffer[0] = 0
  expect(python.eval('kept == b"abc"')).toBe(true)
})

test('a large one crosses', () => {
  const large = Buffer.alloc(50_000_000, 7)
  expect(python.eval('len')(large)).toBe(50_000_000)
  expect((echo(large) as Buffer).equals(large)).toBe(true)
})

test('bytes are keys; two Buffers that are equal there collide', () => {
  const map = python.eval('{b"a": 1, b"b": 2}') as Map<Buffer, number>
  expect([...map.values()]).toEqual([1, 2])
  expect(python.eval('lambda d: d == {b"a": 1, b"b": 2}')(map)).toBe(true)
  const equal = new Map([
    [Buffer.from('a'), 1],
    [Buffer.from('a'), 2],
  ])
  expect(() => python.eval('len')(equal)).toThrow('equal in Python')
})

test('every Buffer comes back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (array) => {
      const buffer = Buffer.from(array)
      expect((echo(buffer) as Buffer).equals(buffer)).toBe(true)
    }),
  )
})

test.each([
  ['bytearray', 'bytearray(b"abc")'],
  ['memoryview', 'memoryview(b"abc")'],
  ['array', '__import__("array").array("i", [1, 2])'],
])('%s stays a reference', (type, source) => {
  const proxy = python.eval(source)
  expect(python.eval('lambda value: type(value).__name__')(proxy)).toBe(type)
  expect(proxy[0]).toBe(source.includes('array("i"') ? 1 : 97)
})
