// For every value: what crosses and comes back is the same, or the crossing throws.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BridgeError, python } from '../../lib/index.js'
import { defineSame, same } from '../fixtures/same.js'

const runs = Number(process.env.PYBRIDGE_TEST_CASES ?? 10_000)
const echo = python.eval('lambda value: value')
defineSame()
python.exec(readFileSync(new URL('../fixtures/values.py', import.meta.url), 'utf8'))

/** Any UTF-16, with lone and split surrogates. */
const utf16 = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
  .map((units) => String.fromCharCode(...units))

const scalar = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.bigInt(),
  fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  utf16,
  fc.boolean(),
  fc.constantFrom(null, undefined, -0, Number.NaN, 1e300),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
)

const { value } = fc.letrec<{ value: unknown }>((tie) => {
  const inner = tie('value')
  return {
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      scalar,
      fc.array(inner, { maxLength: 5 }),
      fc.dictionary(fc.oneof(utf16, fc.constantFrom('__proto__', '0', '10', 'a')), inner, {
        maxKeys: 5,
      }),
      fc.array(fc.tuple(scalar, inner), { maxLength: 5 }).map((entries) => new Map(entries)),
      fc.array(scalar, { maxLength: 5 }).map((items) => new Set(items)),
    ),
  }
})

/** The same part more than once, and a cycle. */
const shared = fc.tuple(value, value).map(([part, other]) => {
  const graph: unknown[] = [part, { part, other }, [other, part]]
  graph.push(graph, new Map([['up', graph]]))
  return graph
})

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
