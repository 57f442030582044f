// What comes back is what each side's own copier makes: nobody of ours judges alone.
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BridgeError, python } from '../../lib/index.js'
import { shared, value } from '../fixtures/arbitraries.js'

const cases = Number(process.env.PYBRIDGE_TEST_CASES ?? 10_000) / 5

python.start({ slowCall: 0 })
python.import('sys').path.insert(0, fileURLToPath(new URL('../fixtures', import.meta.url)))
const echo = python.eval('lambda value: value')
const { disagreements } = python.import('copies')

test.each([
  ['a value', value],
  ['a graph with sharing and cycles', shared],
])('structuredClone makes the same of %s', (_, arbitrary) => {
  const agrees = (sent: unknown) => {
    const back = echoed([sent])
    if (back === undefined) return
    // Both are cloned: a Buffer's clone is a Uint8Array.
    const [one, other] = [structuredClone([sent]), structuredClone(back)]
    expect(isDeepStrictEqual(other, one)).toBe(true)
    expect(outline(back)).toEqual(outline(one))
  }
  fc.assert(fc.property(arbitrary as fc.Arbitrary<unknown>, agrees), { numRuns: cases })
})

/** Undefined where 1, 1n and true are three keys, which are one in Python. */
function echoed(sent: unknown[]): unknown {
  try {
    return echo(sent)
  } catch (error) {
    if (error instanceof BridgeError && error.message.includes('two keys')) return undefined
    throw error
  }
}

/** Which containers are reached, in which order, and which of them again: the aliasing alone. */
function outline(root: unknown): string[] {
  const seen = new Map<object, number>()
  const lines: string[] = []
  const walk = (found: unknown): void => {
    if (typeof found !== 'object' || found === null || ArrayBuffer.isView(found)) return
    const before = seen.get(found)
    lines.push(before === undefined ? found.constructor.name : `number ${before} again`)
    if (before !== undefined) return
    seen.set(found, seen.size)
    if (found instanceof Map) found.forEach(walk)
    else if (!(found instanceof Set)) Object.values(found).forEach(walk)
  }
  walk(root)
  return lines
}

test.each(['pickle', 'the oldest pickle', 'deepcopy'])('%s makes the same', (copier) => {
  const first = Math.floor(Math.random() * 2 ** 31)
  const [wrong, judged] = disagreements((sent: unknown) => sent, copier, first, cases)
  expect(wrong, 'seeds of random_value of which it makes something else').toEqual([])
  expect(judged).toBeGreaterThan(0)
})
