import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { python } from '../../lib/index.js'
import { refusal } from '../fixtures/thrown.js'

const echo = python.eval('lambda value: value')
const points = python.eval('lambda text: [ord(c) for c in text]')

test.each([
  ['empty', "''", ''],
  ['ASCII', "'abc'", 'abc'],
  ['Latin-1', "'caf\\xe9 \\xff'", 'café ÿ'],
  ['NUL inside', "'a\\0b'", 'a\0b'],
  ['NUL alone', "'\\0'", '\0'],
  ['a byte order mark', "'\\ufeffx'", '\ufeffx'],
  ['two-byte', "'\\u2603 snow'", '☃ snow'],
  ['astral', "'\\U0001F600!'", '😀!'],
  ['the last code point', "'\\U0010FFFF'", '\u{10ffff}'],
  ['a lone high surrogate', "'a\\ud800'", 'a\ud800'],
  ['a lone low surrogate', "'\\udc80b'", '\udc80b'],
  ['a low before a high surrogate', "'\\udc00\\ud800'", '\udc00\ud800'],
  ['a lone surrogate among astral ones', "'\\U0001F600\\ud83d!'", '😀\ud83d!'],
  ['12 units', "'x' * 12", 'x'.repeat(12)],
  ['13 units', "'x' * 13", 'x'.repeat(13)],
  ['255 units', "'x' * 255", 'x'.repeat(255)],
  ['256 units', "'\\xe9' * 256", 'é'.repeat(256)],
  ['1,000 units', "'\\u2603' * 1000", '☃'.repeat(1000)],
  ['1,001 units', "'\\U0001F600' * 501", '😀'.repeat(501)],
])('%s: the same text both ways, alone, as item, as key', (_, source, value) => {
  expect(python.eval(source)).toBe(value)
  expect(python.eval(`[${source}, 'end']`)).toEqual([value, 'end'])
  expect(python.eval(`{${source}: ${source}}`)).toEqual({ [value]: value })
  expect(python.eval(`lambda text: text == ${source}`)(value)).toBe(true)
  expect(python.eval(`lambda items: items[0] == ${source}`)([value])).toBe(true)
  expect(python.eval(`lambda d: list(d) == [${source}]`)({ [value]: 1 })).toBe(true)
  expect(echo(value)).toBe(value)
  expect(echo([value, { [value]: value }])).toEqual([value, { [value]: value }])
})

test('surrogates that JavaScript pairs are one code point in Python', () => {
  expect(points('😀')).toEqual([0x1f600])
  expect(points('\ud800')).toEqual([0xd800])
  expect(points('\ude00\ud83d')).toEqual([0xde00, 0xd83d])
})

describe('a high and a low surrogate as two code points', () => {
  const split = "'\\ud83d' + '\\ude00'"

  test('stay a reference, which comes home', () => {
    const value = python.eval(split)
    expect(typeof value).toBe('object')
    expect(points(value)).toEqual([0xd83d, 0xde00])
    expect(python.eval('lambda text: text')(value)).toBe(value)
  })

  test('make their container’s item a reference, not the container', () => {
    const [value, smile] = python.eval(`[${split}, '\\U0001F600']`)
    expect(smile).toBe('😀')
    expect(points(value)).toEqual([0xd83d, 0xde00])
  })

  test('make a dict with such a key a Map, so that nothing collides', () => {
    const map = python.eval(`{${split}: 1, '\\U0001F600': 2}`)
    expect(map).toBeInstanceOf(Map)
    expect(map.get('😀')).toBe(2)
    expect(map.size).toBe(2)
    expect(python.eval(`lambda d: d == {${split}: 1, '\\U0001F600': 2}`)(map)).toBe(true)
  })
})

describe('longer than a string of V8 can be', () => {
  test.each([
    ['alone', "'x' * (2**29)"],
    ['inside a list', "['x' * (2**29)]"],
    ['as a key', "{'x' * (2**29): 1}"],
  ])('%s is refused', (_, source) => {
    expect(refusal('CONVERSION', () => python.eval(source))).toContain(
      'longer than a string can be',
    )
    expect(python.eval('1 + 1')).toBe(2)
  })
})

test('every string comes back, and Python counts its code points as JavaScript does', () => {
  const text = fc.string({
    unit: fc
      .oneof(fc.integer({ min: 0, max: 0xffff }), fc.constantFrom(0xd83d, 0xde00))
      .map((unit) => String.fromCharCode(unit)),
    maxLength: 40,
  })
  fc.assert(
    fc.property(text, (value) => {
      expect(echo(value)).toBe(value)
      expect(echo([value])[0]).toBe(value)
      expect(points(value)).toEqual([...value].map((c) => c.codePointAt(0)))
    }),
  )
})
