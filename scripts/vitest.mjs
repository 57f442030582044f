// Runs vitest, and counts what its report says.
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { bin, root, run } from './command.mjs'

const report = '.cache/vitest.json'

/** Of the files that are named, or of all; resolves to the counts. */
export async function vitest(files, { env = {}, timeout, testTimeout } = {}) {
  rmSync(join(root, report), { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const times = testTimeout === undefined ? [] : [`--testTimeout=${testTimeout}`]
  const args = [bin('vitest'), 'run', ...reporters, ...times, ...files]
  const { code } = await run(process.execPath, args, { show: true, env, timeout })
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
    console.log(`vitest left no report: ${error.message}`)
  }
  if (code !== 0 && counts.failed === 0) counts.failed = 1
  return counts
}
