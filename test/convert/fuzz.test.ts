// Values that misbehave while they cross, put together at random: their code changes what crosses,
// raises, or uses the other side. Each converts or throws, and the process lives on.
import { expect, test } from 'vitest'
import { pythons } from '../fixtures/pythons.js'
import { runNode } from '../fixtures/run-node.js'

const cases = Number(process.env.PYBRIDGE_TEST_CASES ?? 2000)
const first = Number(process.env.PYBRIDGE_TEST_SEED ?? Math.floor(Math.random() * 2 ** 30))
const timeout = 30_000 + cases * 50
const fuzz = new URL('../fixtures/fuzz/index.mjs', import.meta.url).href

test.each(pythons)(
  '%s: values that misbehave convert or throw',
  async (executable) => {
    const count = executable === pythons[0] ? cases : Math.ceil(cases / 5)
    const ending = await runNode(
      `import { fuzz } from ${JSON.stringify(fuzz)}
       python.start({ slowCall: 0 })
       const pybridge = { BridgeError, kw, python, PythonError, withOptions }
       const tell = (seed) => console.log(seed)
       console.log(JSON.stringify(await fuzz(pybridge, { first: ${first}, count: ${count}, tell })))`,
      { python: executable, flags: ['--expose-gc'], timeout },
    )
    const last = ending.stdout.trim().split('\n').at(-1) ?? ''
    const again = 'PYBRIDGE_TEST_SEED=<seed> PYBRIDGE_TEST_CASES=1 does the case of that seed again'
    expect({ ...ending, stdout: last }, again).toMatchObject({ code: 0, signal: null, stderr: '' })
    const { ends, wrong } = JSON.parse(last)
    expect(wrong, again).toEqual([])
    // Each way to end is taken, where there are cases enough.
    if (count >= 100) expect(Object.entries(ends).filter(([, often]) => often === 0)).toEqual([])
  },
  timeout + 10_000,
)
