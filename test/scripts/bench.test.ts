import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const bench = new URL('../../bench/', import.meta.url)
const load = (file: string) => import(new URL(file, bench).href)
const run = (...argv: string[]) =>
  spawnSync(process.execPath, [fileURLToPath(new URL('run.mjs', bench)), ...argv], {
    encoding: 'utf8',
  })

test('a contender is timed in a process of its own, and what is left out has no column', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'))
  try {
    const json = join(folder, 'results.json')
    const svg = join(folder, 'chart.svg')
    const only = 'add,rows,raise,pybridge,json-lines'
    const { status, stderr, stdout } = run('--quick', '--only', only, '--json', json, '--svg', svg)
    expect(stderr).toBe('')
    expect(status).toBe(0)
    const results = JSON.parse(readFileSync(json, 'utf8'))
    for (const cells of [results.calls.add, results.calls.raise, results.bulk.rows]) {
      expect(Object.keys(cells)).toEqual(['pybridge', 'json-lines'])
      expect(cells.pybridge.median).toBeGreaterThan(0)
      expect(cells['json-lines'].toPybridge).toBeGreaterThan(0)
    }
    expect(stdout).toContain('child process, JSON')
    expect(stdout).not.toContain('pymport')
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg[\s\S]*add\(a, b\), ints[\s\S]*<\/svg>\n$/)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test.each([
  ['a wrong scalar', () => 2, () => 1, { wrong: '2 instead of 1' }],
  [
    'a list with a wrong end',
    () => [1, 3],
    () => [1, 2],
    { wrong: '[ 1, 3 ] instead of [ 1, 2 ]' },
  ],
  ['−0 for 0', () => -0, () => 0, { wrong: '-0 instead of 0' }],
])('%s is not timed', async (_, f, answer, outcome) => {
  const { measure } = await load('measure.mjs')
  const workload = {
    uses: ['f'],
    javascript: 'let v; for (let i = 0; i < n; i++) v = f(); return v',
  }
  const effort = { repetitions: 1, milliseconds: 1 }
  expect(await measure({ ...workload, answer }, { f }, effort)).toEqual(outcome)
})

test('whoever answers by promises is waited for', async () => {
  const { measure } = await load('measure.mjs')
  const javascript = 'let v = 0; for (let i = 0; i < n; i++) v = WAIT f(v); return v'
  const workload = { uses: ['f'], javascript, answer: (count: number) => count }
  const f = async (value: number) => value + 1
  const effort = { repetitions: 2, milliseconds: 1, waits: true }
  const { samples } = await measure(workload, { f }, effort)
  expect(samples).toHaveLength(2)
})

test.each([
  ['yes', { fits: true, object: false, seen: '3', became: '' }],
  ['a reference', { fits: false, object: true, seen: '{}', became: '' }],
  ['back: **int 3**', { fits: true, object: false, seen: '3', became: 'int 3' }],
  ['**-1**; back: **int -1**', { fits: false, object: false, seen: '-1', became: 'int -1' }],
  ['refused', { refused: 'no' }],
  ['out: yes; back: refused', { fits: true, object: true, seen: '[]', refused: 'no' }],
  ['**crashes**', { died: 'it ended by SIGSEGV' }],
  ['**hangs**', { died: 'not in time' }],
])('%s', async (said, outcome) => {
  const { verdict } = await load('values.mjs')
  expect(verdict(outcome)).toBe(said)
})

test('a crash on the way of one value leaves the others', async () => {
  const { carry } = await load('workloads/values.mjs')
  const printed: Record<string, unknown>[] = []
  const subject = { sample: () => 3, arrived: () => new Promise(() => {}) }
  await carry(subject, ['integralFloat', 'none'], (line: never) => printed.push(line), 10)
  expect(printed).toEqual([{ name: 'integralFloat', died: 'not in time' }])
})

test.each([
  ['--only nothing', '--only does not know nothing: see --help'],
  ['--from FILE --docs', '--docs wants everything, measured in full: not with --quick or --only'],
])('%s is refused', (options, message) => {
  const file = fileURLToPath(new URL('../fixtures/bench-quick.json', import.meta.url))
  const { status, stderr } = run(...options.replace('FILE', file).split(' '))
  expect(stderr.trim()).toBe(message)
  expect(status).toBe(1)
})
