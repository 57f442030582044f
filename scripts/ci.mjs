// All that must pass: the tests, the types, the docs, the checks. The last line is the sum of them.
import { instructions } from '../bench/instructions.mjs'
import { check } from './check.mjs'
import { runTsc } from './command.mjs'
import { matrix } from './matrix.mjs'
import { setup } from './setup.mjs'
import { rotating } from './stress.mjs'
import { testDocs } from './test-docs.mjs'
import { vitest } from './vitest.mjs'

// A test that blocks in native code stops at no test timeout.
const tests = () => vitest([], { timeout: 25 * 60_000 })

async function types() {
  const { code, output } = await runTsc(['-p', 'tsconfig.test-types.json'])
  console.log(code === 0 ? 'types: the public types are as test/types says' : output.trimEnd())
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 }
}

const sum = { passed: 0, failed: 0, skipped: 0 }
if (await setup()) {
  for (const part of [tests, types, testDocs, check, instructions, rotating, matrix]) {
    console.log(`ci: ${part.name}`)
    const began = Date.now()
    const counts = await part()
    console.log(`ci: ${part.name} took ${Math.round((Date.now() - began) / 1000)} s`)
    for (const outcome of Object.keys(sum)) sum[outcome] += counts[outcome]
  }
} else {
  sum.failed = 1
}
process.exitCode = sum.failed === 0 ? 0 : 1
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`)
