// Depth is bounded by memory, not by a stack.
import { expect, test } from 'vitest'
import { python } from '../../lib/index.js'
import { refusal } from '../fixtures/thrown.js'

python.exec(`
def nest(depth, kind):
    value = 0
    for i in range(depth):
        value = [value] if kind == 'list' else (value,) if kind == 'tuple' else {'a': value} if kind == 'dict' else {i: value}
    return value

def depth_of(value):
    depth = 0
    while not isinstance(value, int):
        value = next(iter(value.values())) if isinstance(value, dict) else value[0]
        depth += 1
    return depth
`)
const nest = python.eval('nest')
const depthOf = python.eval('depth_of')
const echo = python.eval('lambda value: value')

function depthHere(value: unknown): number {
  let depth = 0
  let inner = value
  for (; typeof inner === 'object' && inner !== null; depth++) {
    inner = inner instanceof Map ? [...inner.values()][0] : Object.values(inner)[0]
  }
  return depth
}

test.each([
  ['list', 200_000],
  ['tuple', 200_000],
  ['dict', 200_000],
  ['dict with other keys', 200_000],
  ['list', 1_000_000],
])('a %s nested %d deep comes here and goes back', (kind, depth) => {
  const value = nest(depth, kind)
  expect(depthHere(value)).toBe(depth)
  expect(depthOf(value)).toBe(depth)
})

test.each([
  ['an Array', (inner: unknown) => [inner]],
  ['an object', (inner: unknown) => ({ a: inner })],
  ['a Map', (inner: unknown) => new Map([['a', inner]])],
])('%s nested 200,000 deep goes there and comes back', (_, wrap) => {
  let value: unknown = 0
  for (let i = 0; i < 200_000; i++) value = wrap(value)
  expect(depthOf(value)).toBe(200_000)
  expect(depthHere(echo(value))).toBe(200_000)
})

test('keys may be 100 deep', () => {
  python.exec('key = 0\nfor _ in range(100): key = (key,)')
  const map = python.eval('{key: 1}') as Map<unknown, number>
  const [key] = map.keys()
  expect(depthHere(key)).toBe(100)
  expect(python.eval('lambda d: next(iter(d)) == key')(map)).toBe(true)
})

test('a deeper key is refused: Python hashes it with recursion that nothing bounds', () => {
  const deep = nest(200_000, 'tuple')
  expect(refusal('CONVERSION', () => echo(new Map([[deep, 1]])))).toContain('nested')
  expect(refusal('CONVERSION', () => echo([deep, new Set([deep])]))).toContain('nested')
  expect(depthOf(deep)).toBe(200_000)
})
