#!/usr/bin/env node
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { isMain } from '../scripts/command.mjs'
import { failureOf } from './contenders/index.mjs'
import { buildAddon } from './floor/build.mjs'
import { describeInterpreter } from './interpreter.mjs'
import { table } from './report.mjs'
import { workloads } from './workloads/index.mjs'

const help = `Counts the instructions of the hottest paths with callgrind, and compares them with those
that bench/instructions.json holds: a rise above 5 % fails. Counts depend on the compiler, on CPython's
build and on Node, so only like is compared with like.

  npm run bench:instructions -- [--python PREFIX_OR_EXE]... [--update]

  --python  the Pythons to count with; otherwise those of 3.11 and 3.13 in PYBRIDGE_TEST_PYTHONS, or
            python3 on PATH
  --update  write the counts into bench/instructions.json`

const names = ['noop', 'add', 'method', 'attribute', 'keywords', 'hello', 'callback', 'smallList']
const kept = fileURLToPath(new URL('./instructions.json', import.meta.url))
const script = fileURLToPath(new URL('./instructions/counted.mjs', import.meta.url))
const tolerated = 0.05
/** In milliseconds. */
const patience = 600_000

// 40,000 operations, and V8 has compiled all it wants to; what it compiles later is in the other counts.
const effort = { warmUps: 20, counts: 5, operations: 2000 }

// What would differ from run to run: when V8 compiles and collects, and where hashes lie.
const repeatable = ['--single-threaded', '--predictable', '--hash-seed=1', '--random-seed=1']

/** Counts, compares and says; resolves to how many Pythons passed. */
export function instructions({ pythons = candidates(), update = false } = {}) {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  const tool = findTool()
  if (tool.unable) {
    console.log(`instructions: not counted: ${tool.unable}`)
    return { ...counts, skipped: 1 }
  }
  if (pythons.length === 0)
    console.log('instructions: not counted: no Python 3.11 or 3.13 is named')
  for (const python of pythons) counts[countOne(python, tool, update)]++
  return pythons.length > 0 ? counts : { ...counts, skipped: 1 }
}

function countOne(python, tool, update) {
  const build = describeBuild(python)
  const counted = count(python, tool)
  if (counted.unable) {
    console.log(`instructions: not counted with Python ${python.version}: ${counted.unable}`)
    return 'failed'
  }
  const all = JSON.parse(readFileSync(kept, 'utf8'))
  const before = all.find((entry) => isSame(entry.build, build))
  console.log(`instructions: ${Object.values(build).join('; ')}\n\n${compared(counted, before)}\n`)
  if (update) {
    const others = all.filter((entry) => entry !== before)
    const sorted = [...others, { build, counts: counted }].sort((a, b) =>
      inWords(a.build).localeCompare(inWords(b.build), 'en', { numeric: true }),
    )
    writeFileSync(kept, `${JSON.stringify(sorted, null, 2)}\n`)
    console.log('instructions: written to bench/instructions.json')
    return 'passed'
  }
  return judge(counted, before, all)
}

function judge(counted, before, all) {
  if (before === undefined) {
    const held = all.map((entry) => inWords(entry.build)).join(' | ')
    console.log(
      `instructions: nothing to compare with: bench/instructions.json holds ${held || 'none'}`,
    )
    console.log('instructions: npm run bench:instructions -- --update adds these')
    return 'skipped'
  }
  const changed = (name) => counted[name] / (before.counts[name] ?? counted[name]) - 1
  const risen = names.filter((name) => changed(name) > tolerated)
  const fallen = names.filter((name) => changed(name) < -tolerated)
  if (fallen.length > 0) {
    console.log(`instructions: fewer for ${fallen.join(', ')}: keep that with -- --update`)
  }
  if (risen.length === 0) return 'passed'
  console.log(`instructions: RISEN by more than 5 % for ${risen.join(', ')}`)
  console.log(
    'instructions: where that is the price of something, say so in the commit, with -- --update',
  )
  return 'failed'
}

function compared(counted, before) {
  const rows = names.map((name) => {
    const was = before?.counts[name]
    const change = was === undefined ? '' : `${((counted[name] / was - 1) * 100).toFixed(1)} %`
    return [
      workloads[name].title,
      String(counted[name]),
      was === undefined ? '' : String(was),
      change,
    ]
  })
  return table(['instructions per operation', 'now', 'kept', 'change'], rows)
}

/** All that a count depends on. */
function describeBuild({ version, flags, compiler, optimised }) {
  return {
    python: `Python ${version}${flags}, ${compiler}${optimised ? ', --enable-optimizations' : ''}`,
    node: `Node ${process.versions.node} ${process.platform}-${process.arch}`,
    compiler: spawnSync('g++', ['--version'], { encoding: 'utf8' }).stdout.split('\n')[0],
  }
}

const isSame = (a, b) => inWords(a) === inWords(b)
const inWords = ({ python, node, compiler }) => `${python}; ${node}; ${compiler}`

function findTool() {
  const valgrind = spawnSync('valgrind', ['--version'], { encoding: 'utf8' })
  if (valgrind.error) return { unable: 'valgrind is missing (Debian: apt-get install valgrind)' }
  const counter = buildAddon('instructions/counter.c', 'counter')
  return counter.unable ? counter : { counter: counter.addon }
}

/** Instructions per operation, by workload. */
function count({ executable }, { counter }) {
  const folder = mkdtempSync(join(tmpdir(), 'pybridge-instructions-'))
  try {
    const task = JSON.stringify({ counter, executable, names, ...effort })
    const child = spawnSync(
      'valgrind',
      [
        ...[
          '--tool=callgrind',
          '--instr-atstart=no',
          `--callgrind-out-file=${join(folder, 'out')}`,
        ],
        ...[process.execPath, ...repeatable, script, task],
      ],
      // The environment lies on the stack: it must not move it.
      {
        env: { PATH: '/usr/bin:/bin', HOME: '/', PYTHONHASHSEED: '0' },
        encoding: 'utf8',
        timeout: patience,
      },
    )
    const unable = failureOf(child, patience)
    return unable ? { unable } : least(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function least(folder) {
  const counts = {}
  for (const file of readdirSync(folder)) {
    const text = readFileSync(join(folder, file), 'utf8')
    const name = /^desc: Trigger: Client Request: (\w+)$/m.exec(text)?.[1]
    if (name === undefined) continue // the end of the process
    const total = Number(/^totals: (\d+)$/m.exec(text)[1])
    const each = Math.round(total / effort.operations)
    counts[name] = Math.min(each, counts[name] ?? each)
  }
  const missing = names.find((name) => !(name in counts))
  return missing ? { unable: `callgrind has no count of ${missing}` } : counts
}

function candidates() {
  const named = (process.env.PYBRIDGE_TEST_PYTHONS ?? '').split(':').filter(Boolean)
  if (named.length === 0) return [describeInterpreter('python3')]
  return named
    .map((prefix) => describeInterpreter(prefix))
    .filter(({ version, flags }) => /^3\.1[13]\./.test(version) && flags === '')
}

if (isMain(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      python: { type: 'string', multiple: true },
      update: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) console.log(help)
  else {
    const pythons = values.python?.map((named) => describeInterpreter(named))
    const { failed } = instructions({ pythons, update: values.update })
    process.exitCode = failed === 0 ? 0 : 1
  }
}
