// What hypothesis thinks up in Python comes back from JavaScript the same: type, value, order and
// aliasing. What does not is exactly what the documents say.
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { python } from '../../lib/index.js'
import { skipLoudly } from '../fixtures/pythons.js'

const cases = Number(process.env.PYBRIDGE_TEST_CASES ?? 10_000)
const seed = Number(process.env.PYBRIDGE_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31))

python.start({ slowCall: 0 })
const hasHypothesis = python.eval('__import__("importlib.util").util.find_spec("hypothesis")')

if (hasHypothesis === null) {
  skipLoudly('values of hypothesis', `${python.info.executable} has no hypothesis`)
} else {
  python.import('sys').path.insert(0, fileURLToPath(new URL('../fixtures', import.meta.url)))
  const { echo_all: echoAll } = python.import('hypothesis_values')

  describe('comes back the same, but for the hole, or is refused for its keys', () => {
    test.each([
      ['a scalar by itself', true],
      ['a value, with sharing and cycles', false],
    ])('%s', (_, isAlone) => {
      const [counts, wrong] = echoAll((sent: unknown) => sent, isAlone, cases / 2, seed)
      expect(wrong, `PYBRIDGE_TEST_SEED=${seed}`).toEqual([])
      const { same, hole = 0 } = counts
      expect(same).toBeGreaterThan(hole)
      expect(hole > 0).toBe(isAlone)
    })
  })
}
