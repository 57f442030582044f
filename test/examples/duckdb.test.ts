// examples/duckdb, where both DuckDBs are installed.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { python } from '../../lib/index.js'
import { skipLoudly } from '../fixtures/pythons.js'
import { root, run } from '../fixtures/run-node.js'

const example = join(root, 'examples/duckdb/penguins.mjs')
const hasNodes = (): boolean => {
  try {
    createRequire(example).resolve('@duckdb/node-api')
    return true
  } catch {
    return false
  }
}

if (!hasNodes()) {
  skipLoudly('examples/duckdb', '@duckdb/node-api is not installed: it has 70 MB')
} else if (python.eval('__import__("importlib.util").util.find_spec("duckdb")') === null) {
  skipLoudly('examples/duckdb', `${python.info.executable} has no duckdb`)
} else {
  test('examples/duckdb has the same tables in both', async () => {
    const { code, stdout, stderr } = await run(example, {
      cwd: root,
      python: python.info.executable ?? undefined,
    })
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('the heaviest are the Gentoos, of 5092 g')
    expect(stdout).toContain('Biscoe     168 penguins')
  })
}
