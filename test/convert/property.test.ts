// For every value: what crosses and comes back is the same, or the crossing throws.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BridgeError, python } from '../../lib/index.js'
import { shared, value } from '../fixtures/arbitraries.js'
import { defineSame, same } from '../fixtures/same.js'

const runs = Number(process.env.PYBRIDGE_TEST_CASES ?? 10_000)
const echo = python.eval('lambda value: value')
defineSame()
python.exec(readFileSync(new URL('../fixtures/values.py', import.meta.url), 'utf8'))

function comesBack(sent: unknown): void {
  let back: unknown[]
  try {
    back = echo([sent]) // `undefined` alone is no argument
  } catch (error) {
    // 1, 1n and true are three keys here, and one in Python.
    if (error instanceof BridgeError && error.message.includes('two keys')) return
    throw error
  }
  expect(same([sent], back)).toBe(true)
}

test.each([
  ['a value', value],
  ['a graph with sharing and cycles', shared],
])('%s of JavaScript comes back the same', (_, arbitrary) => {
  fc.assert(fc.property(arbitrary as fc.Arbitrary<unknown>, comesBack), { numRuns: runs / 2 })
})

test('a value of Python comes back the same, but for integral floats', () => {
  const roundTrips = python.eval('round_trips')
  const first = Math.floor(Math.random() * 2 ** 31)
  const [wrong, holes] = roundTrips((sent: unknown) => sent, first, runs)
  expect(wrong, `seeds of random_value that came back changed`).toEqual([])
  expect(holes).toBeGreaterThan(0)
  expect(holes).toBeLessThan(runs)
})
