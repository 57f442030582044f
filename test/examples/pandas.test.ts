// The examples as a user runs them.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { python } from '../../lib/index.js'
import { skipLoudly } from '../fixtures/pythons.js'
import { root, run } from '../fixtures/run-node.js'

const example = join(root, 'examples/pandas/penguins.mjs')
const missing = ['pandas', 'pyarrow', 'matplotlib'].filter(
  (name) => python.eval(`__import__("importlib.util").util.find_spec("${name}")`) === null,
)

if (missing.length > 0) {
  skipLoudly('examples/pandas', `${python.info.executable} has no ${missing.join(', ')}`)
} else {
  test('examples/pandas prints the groups, and draws a chart', async () => {
    const chart = join(root, 'examples/pandas/out/penguins.svg')
    rmSync(chart, { force: true })
    const python3 = python.info.executable ?? undefined
    const { code, stdout, stderr } = await run(example, { cwd: root, python: python3 })
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('Gentoo      58 female  4.68 kg, flippers of 213 mm')
    expect(stdout).toContain('333 penguins; the stoutest is a male Adelie')
    expect(existsSync(chart) && readFileSync(chart, 'utf8')).toContain('</svg>')
  })
}

test('examples/pandas says how it is used', async () => {
  const help = await run(example, { args: ['--help'] })
  expect([help.code, help.stdout]).toEqual([0, expect.stringContaining('Usage:')])
  const wrong = await run(example, { args: ['--nonsense'] })
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('Usage:')])
})
