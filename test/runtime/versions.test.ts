import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { ask, missing, nodes, pythons, skipLoudly } from '../fixtures/pythons.js'
import { index, root, run, runNode } from '../fixtures/run-node.js'

const script = join(root, 'test/fixtures/smoke.mjs')

const expected = readFileSync(join(root, 'test/fixtures/smoke.txt'), 'utf8')

const rows: string[][] = []
afterAll(() => console.log(rows.map((row) => row.join('  ')).join('\n')))

const grid = nodes.flatMap((node) =>
  pythons.flatMap((python) => ['on', 'off'].map((layouts) => ({ node, python, layouts }))),
)

describe('one addon', () => {
  test.each(grid)('$node with $python, layouts $layouts', async ({ node, python, layouts }) => {
    const env = { PYBRIDGE_LAYOUTS: layouts }
    const ending = await run(script, { node, python, env, args: [index], flags: ['--expose-gc'] })
    const version = ask(python, 'import sys; print(sys.version.split("\\n")[0])')
    const nodeVersion = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
    const isRight = ending.code === 0 && ending.stdout === expected
    rows.push([nodeVersion, `layouts ${layouts}`.padEnd(11), isRight ? 'right' : 'WRONG', version])
    expect(ending).toMatchObject({ code: 0, signal: null, stderr: '' })
    expect(ending.stdout).toBe(expected)
  })
})

test('PYBRIDGE_LAYOUTS=off reads no layout', async () => {
  const script = 'python.start(); console.log(JSON.stringify(python.info.internals.layouts))'
  const { stdout } = await runNode(script, { env: { PYBRIDGE_LAYOUTS: 'off' } })
  expect(JSON.parse(stdout)).toMatchObject({ text: false, tuple: false })
})

for (const path of missing) skipLoudly(path, 'it is not there')
if (pythons.length === 1) skipLoudly('other Pythons', 'PYBRIDGE_TEST_PYTHONS names none')
if (nodes.length === 1) skipLoudly('other Nodes', 'PYBRIDGE_TEST_NODES names none')
