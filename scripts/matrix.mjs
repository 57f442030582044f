// Runs the tests with one addon on many Pythons and runtimes, and prints what ran where.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { arch, cpus, platform } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isMain, root, run } from './command.mjs'
import { cells, chosen, nameOf, today } from './matrix/cells.mjs'
import { differenceOf } from './matrix/differs.mjs'
import { python } from './matrix/pythons.mjs'
import { runtime } from './matrix/runtimes.mjs'
import { table, updatePage } from './matrix/table.mjs'
import { setup } from './setup.mjs'

const help = `Runs the tests on every Python and every runtime, with the same addon.

  npm run test:matrix                                       the whole grid
  npm run test:matrix -- --only runtime=bun+deno            some of it
  npm run test:matrix -- --only python=3.13,runtime=bun     one cell
  npm run test:matrix -- --rooms errors,object              the tests of some rooms
  npm run test:matrix -- --update                           and writes the table into docs/support.md
  npm run test:matrix -- --json                             the results as JSON

What cannot be had here is printed as missing, with the reason, and fails nothing.`

/** What a cell runs: everything but what starts other versions itself, and what needs no Python. */
const tests = [
  ...['errors', 'cpython', 'convert', 'object', 'memory', 'call', 'jobs'].map(
    (room) => `test/${room}`,
  ),
  ...['start', 'start-options', 'streams', 'end', 'endings', 'keyboard-interrupt', 'workers'].map(
    (name) => `test/runtime/${name}.test.ts`,
  ),
]

const roomsOf = (names) =>
  names === undefined ? tests : names.split(',').map((room) => `test/${room}`)

const kept = join(root, '.cache/matrix')
const resultOf = (cell) => join(kept, `${nameOf(cell).replaceAll(/[^\w.=]+/g, '-')}.json`)

/** Counts of a report of vitest's. What a runtime does differently, and why, is known by name. */
function count(report, { runtime: runtimeName }) {
  const counts = { passed: 0, failed: 0, skipped: 0, differs: 0, failures: [] }
  for (const { name, status, message, assertionResults } of report.testResults) {
    for (const { status: outcome, fullName } of assertionResults) {
      if (outcome === 'passed') counts.passed++
      else if (outcome !== 'failed') counts.skipped++
      else if (differenceOf(runtimeName, fullName) !== undefined) counts.differs++
      else counts.failures.push(`${name.slice(root.length)}: ${fullName}`)
    }
    // A file that could not be loaded, or whose process died, has no test that says so.
    if (status === 'failed' && !assertionResults.some((result) => result.status === 'failed'))
      counts.failures.push(`${name.slice(root.length)}: ${message.split('\n')[0]}`)
  }
  counts.failed = counts.failures.length
  return counts
}

async function runCell(cell, files) {
  const { missing: noPython, executable, node } = await python(cell.python)
  if (noPython !== undefined) return { cell, missing: noPython }
  const { missing: noRuntime, start, env, vitest } = await runtime(cell.runtime)
  if (noRuntime !== undefined) return { cell, missing: noRuntime }
  if (node !== undefined && cell.runtime !== 'node' && cell.runtime !== 'node, no libuv') {
    return { cell, missing: `only Node was made to run in the root of Python ${cell.python}` }
  }
  const [program, ...options] = node === undefined ? start : [node]
  const environment = {
    ...env,
    PYBRIDGE_PYTHON: executable,
    PYBRIDGE_TEST_PYTHONS: '',
    PYBRIDGE_TEST_NODES: '',
    VIRTUAL_ENV: '',
  }
  const probe = await run(program, [...options, 'test/matrix/probe.mjs'], {
    env: environment,
    timeout: 60_000,
  })
  if (probe.code !== 0) return { cell, passed: 0, failed: 1, skipped: 0, failures: [probe.output] }
  const about = JSON.parse(probe.output.trim().split('\n').at(-1))

  const report = join(kept, 'vitest.json')
  rmSync(report, { force: true })
  const reporters = ['--reporter=json', `--outputFile.json=${report}`]
  const began = Date.now()
  const { output } = await run(program, [...options, vitest, 'run', ...reporters, ...files], {
    env: environment,
    timeout: 20 * 60_000,
  })
  const seconds = Math.round((Date.now() - began) / 1000)
  if (!existsSync(report)) {
    return {
      cell,
      about,
      seconds,
      passed: 0,
      failed: 1,
      skipped: 0,
      failures: [output.slice(-2000)],
    }
  }
  return { cell, about, seconds, ...count(JSON.parse(readFileSync(report, 'utf8')), cell) }
}

/** Runs cells one after the other, and keeps each result for the page. */
export async function runCells(wanted, { say = console.log, files = tests } = {}) {
  mkdirSync(kept, { recursive: true })
  const results = []
  for (const cell of wanted) {
    const result = await runCell(cell, files)
    results.push(result)
    if (files === tests) writeFileSync(resultOf(cell), JSON.stringify(result))
    const { passed, failed, skipped, missing, seconds, failures = [] } = result
    const what =
      missing === undefined
        ? `${passed} passed, ${failed} failed, ${skipped} skipped, ${result.differs ?? 0} differ, ${seconds ?? 0} s`
        : `missing: ${missing}`
    say(`matrix: ${nameOf(cell)}: ${what}`)
    for (const failure of failures) say(`  ${failure}`)
  }
  return results
}

/** The results that were kept: for cells that did not run this time. */
function last(cell) {
  const path = resultOf(cell)
  return existsSync(path)
    ? JSON.parse(readFileSync(path, 'utf8'))
    : { cell, missing: 'it was not run' }
}

const sum = (results, name) => results.reduce((all, result) => all + (result[name] ?? 0), 0)

/** For CI: some cells, others every day. */
export async function matrix() {
  const wanted = today(2, Math.floor(Date.now() / 86_400_000))
  const results = await runCells(wanted)
  const missing = results.filter((result) => result.missing !== undefined).length
  return {
    passed: sum(results, 'passed'),
    failed: sum(results, 'failed'),
    skipped: sum(results, 'skipped') + missing,
  }
}

function machine() {
  const date = new Date().toISOString().slice(0, 10)
  return `${platform()} ${arch()}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${date}`
}

async function main() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      rooms: { type: 'string' },
      json: { type: 'boolean' },
      update: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) return console.log(help)
  const wanted = chosen(values.only)
  const say = values.json ? console.error : console.log
  if (!(await setup({ packages: false }))) {
    process.exitCode = 1
    return
  }
  const results = await runCells(wanted, { say, files: roomsOf(values.rooms) })
  if (values.update) {
    const some = values.rooms === undefined ? '' : ` --rooms ${values.rooms}`
    const sentence = `Made by \`npm run test:matrix --${some} --update\`: ${machine()}.`
    updatePage(some === '' ? cells.map(last) : results, sentence)
  }
  say(values.json ? '' : `\n${table(results)}\n`)
  if (values.json) console.log(JSON.stringify(results, null, 2))
  const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map((name) =>
    sum(results, name),
  )
  say(`matrix: ${passed} passed, ${failed} failed, ${skipped} skipped`)
  process.exitCode = failed === 0 ? 0 : 1
}

if (isMain(import.meta.url)) await main()
