// All that must pass: the tests, the types, the docs, the checks. The last line is the sum of them.
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { instructions } from '../bench/instructions.mjs'
import { check } from './check.mjs'
import { bin, root, run, runTsc } from './command.mjs'
import { matrix } from './matrix.mjs'
import { setup } from './setup.mjs'
import { rotating } from './stress.mjs'
import { testDocs } from './test-docs.mjs'

const report = '.cache/vitest.json'

async function tests() {
  rmSync(join(root, report), { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  // A test that blocks in native code stops at no test timeout.
  const options = { show: true, timeout: 25 * 60_000 }
  const { code } = await run(process.execPath, [bin('vitest'), 'run', ...reporters], options)
  const counts = { passed: 0, failed: 0, skipped: 0 }
  try {
    const { testResults } = JSON.parse(readFileSync(join(root, report), 'utf8'))
    for (const { status, assertionResults } of testResults) {
      const count = (...outcomes) =>
        assertionResults.filter((result) => outcomes.includes(result.status)).length
      counts.passed += count('passed')
      counts.failed += count('failed')
      counts.skipped += count('skipped', 'pending', 'todo', 'disabled')
      // A file that could not be loaded, or whose process died, has no test that says so.
      if (status === 'failed' && count('failed') === 0) counts.failed += 1
    }
  } catch (error) {
    console.log(`ci: vitest left no report: ${error.message}`)
  }
  if (code !== 0 && counts.failed === 0) counts.failed = 1
  return counts
}

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
