#!/usr/bin/env node
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { workloads } from './arrays/workloads.mjs'
import { minor, putInPlace } from './docs.mjs'
import { describeInterpreter } from './interpreter.mjs'
import { summarise } from './measure.mjs'
import { describeMachine, duration, header, table } from './report.mjs'
import { installRivals } from './rivals/install.mjs'

const help = `Measures how long arrays and tables take to be seen on the other side: by pybridge, and as copies, as
JSON, as Arrow IPC, and by node-calls-python.

  npm run bench:arrays -- [--python VENV] [--only NAME,...] [--quick] [--json FILE] [--docs]

  --python  a virtual environment with NumPy, pandas and pyarrow; .venv by default
  --only    these workloads alone: ${Object.keys(workloads).join(', ')}
  --quick   shorter: to see that all runs, not to compare
  --json    also write the results to this file
  --docs    write the table of this Python in docs/performance-of-arrays.md

Example: npm run bench:arrays -- --only freshView,view`

const page = new URL('../docs/performance-of-arrays.md', import.meta.url)
const contend = fileURLToPath(new URL('arrays/contend.mjs', import.meta.url))

try {
  main()
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

function main() {
  const { values: options } = parseArgs({
    options: {
      python: { type: 'string', default: '.venv' },
      only: { type: 'string', default: '' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      docs: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (options.help) return console.log(help)
  const only = options.only.split(',').filter(Boolean)
  const unknown = only.find((name) => !(name in workloads))
  if (unknown) throw new Error(`--only does not know ${unknown}: see --help`)
  if (options.docs && (options.quick || only.length > 0)) throw new Error('--docs wants it whole')
  const results = measure(options, only.length > 0 ? only : Object.keys(workloads))
  console.log(toMarkdown(results))
  if (options.json) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`)
  if (options.docs) putInPlace(page, `arrays ${minor(results.python.version)}`, toMarkdown(results))
}

function measure({ python: named, quick }, chosen) {
  const machine = describeMachine()
  const python = describeInterpreter(named)
  const rivals = installRivals(describeInterpreter(python.base))
  const versions = { 'node-calls-python': rivals.versions['node-calls-python'] }
  const task = {
    python: python.executable,
    rivals: join(rivals.folder, 'package.json'),
    milliseconds: quick ? 1 : 500,
  }
  const results = {
    machine,
    node: process.versions.node,
    python,
    rivals: versions,
    quick,
    rows: {},
  }
  // Two processes each, in turn: noise comes by the process.
  for (const name of chosen) {
    results.rows[name] = {}
    for (const way of Object.keys(workloads[name].ways)) {
      const runs = (quick ? [1] : [1, 2]).map(() =>
        run({ ...task, workload: name, way }, rivals, python),
      )
      const unable = runs.find((each) => each.unable !== undefined)
      const rounds = runs.flatMap((each) => each.rounds ?? [])
      results.rows[name][way] = unable ?? summarise(rounds)
    }
  }
  return results
}

function run(task, rivals, python) {
  const packages = spawnSync(
    python.executable,
    ['-c', "import sysconfig; print(sysconfig.get_path('purelib'))"],
    { encoding: 'utf8' },
  ).stdout.trim()
  const isRival = task.way === 'node-calls-python'
  const env = isRival ? { ...process.env, ...rivals.env, BENCH_PACKAGES: packages } : process.env
  const child = spawnSync(
    process.execPath,
    ['--max-old-space-size=8192', contend, JSON.stringify(task)],
    {
      encoding: 'utf8',
      env,
      timeout: 180_000,
    },
  )
  const answer = child.stdout?.trim().split('\n').at(-1) ?? ''
  if (answer.startsWith('{')) return JSON.parse(answer)
  const how =
    child.error?.code === 'ETIMEDOUT'
      ? 'took longer than 3 minutes'
      : (child.signal ?? child.status)
  return { unable: `ended: ${how}` }
}

function toMarkdown({ rows, ...environment }) {
  const body = Object.entries(rows).flatMap(([name, ways]) => {
    const ours = ways.pybridge?.median
    return Object.entries(ways).map(([way, { median, unable }], i) => [
      i === 0 ? workloads[name].title : '',
      way,
      unable ?? duration(median),
      unable || way === 'pybridge' ? '' : `${(median / ours).toPrecision(2)} ×`,
    ])
  })
  return `${header(environment)}\n\n${table(['', 'by', 'median', 'to pybridge'], body)}`
}
