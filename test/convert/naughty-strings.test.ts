// Every string of the Big List of Naughty Strings crosses unchanged, wherever it stands.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { kw, PythonError, python } from '../../lib/index.js'
import { same } from '../fixtures/same.js'
import { thrown } from '../fixtures/thrown.js'

const file = fileURLToPath(new URL('../fixtures/naughty-strings/blns.json', import.meta.url))
const strings: string[] = JSON.parse(readFileSync(file, 'utf8'))

python.exec(`
import json, pybridge
def read(file):
    with open(file, encoding='utf-8') as opened:
        return json.load(opened)
def points(text): return [ord(character) for character in text]
def text_of(points): return ''.join(map(chr, points))
def units(text): return text.encode('utf-16-le', 'surrogatepass')
def fail(text): raise ValueError(text)
def caught(function):
    try:
        function()
    except pybridge.JsError as error:
        return error.message
`)
const echo = python.eval('lambda value: value')
const points = python.eval('points')
const textOf = python.eval('text_of')
const units = python.eval('units')

const pointsHere = (text: string) => Array.from(text, (character) => character.codePointAt(0))

test('there are as many as the list has, and Python reads the same', () => {
  expect(strings).toHaveLength(515)
  expect(python.eval('read')(file)).toEqual(strings)
  expect(python.eval('lambda file, strings: read(file) == strings')(file, strings)).toBe(true)
})

/** A way to cross: what is given, and what has to come. */
const ways: [string, (text: string) => [came: unknown, wanted: unknown]][] = [
  ['as an argument', (text) => [points(text), pointsHere(text)]],
  ['as an argument, unit by unit', (text) => [units(text), Buffer.from(text, 'utf16le')]],
  ['as a result', (text) => [textOf(pointsHere(text)), text]],
  ['there and back', (text) => [echo(text), text]],
  ['as an item of a list', (text) => [echo([text, [text]]), [text, [text]]]],
  [
    'as a value of a dict',
    (text) => [echo({ a: text, b: { c: text } }), { a: text, b: { c: text } }],
  ],
  ['as a key of a dict', (text) => [echo(own(text)), own(text)]],
  ['as a key of a Map', (text) => [echo(new Map([[text, text]])), new Map([[text, text]])]],
  ['as an item of a Set', (text) => [echo(new Set([text])), new Set([text])]],
  ['as a key that Python made', (text) => [keyOf(pointsHere(text)), own(text)]],
  ['as a key that Python reads', (text) => [pointsOfKey(own(text)), pointsHere(text)]],
  ['as a name of a keyword', (text) => [keywords(kw(own(text))), own(text)]],
  ['as an argument of a callback', (text) => [heardBy(text), text]],
  ['as a result of a callback', (text) => [called(() => text, null), pointsHere(text)]],
  ['as the message of an exception', (text) => [messageOf(text), text]],
  ['as the message of an Error', (text) => [caught(() => reject(text)), text]],
]

const keyOf = python.eval('lambda points: {text_of(points): 1}')
const pointsOfKey = python.eval('lambda d: [points(key) for key in d][0]')
const keywords = python.eval('lambda **keywords: keywords')
const called = python.eval('lambda function, text: points(function(text))')
const fail = python.eval('fail')
const caught = python.eval('caught')

/** What a callback gets. */
function heardBy(text: string): unknown {
  let heard: unknown
  called((given: string) => {
    heard = given
    return ''
  }, text)
  return heard
}

function reject(text: string): never {
  throw new Error(text)
}

/** An own property, whatever its name. */
function own(name: string): Record<string, number> {
  return Object.fromEntries([[name, 1]])
}

function messageOf(text: string): string {
  const error = thrown(() => fail(text)) as PythonError
  expect(error).toBeInstanceOf(PythonError)
  return error.message
}

test.each(ways)('every string crosses unchanged %s', (_, cross) => {
  const changed = strings.filter((text) => {
    const [came, wanted] = cross(text)
    return !same(came, wanted)
  })
  expect(changed).toEqual([])
})

test('all of them at once cross unchanged', () => {
  const all = [strings, Object.fromEntries(strings.map((text, i) => [text, i])), new Set(strings)]
  expect(same(echo(all), all)).toBe(true)
  expect(python.eval('lambda all: [points(text) for text in all]')(strings)).toEqual(
    strings.map(pointsHere),
  )
})
