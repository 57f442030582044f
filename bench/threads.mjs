#!/usr/bin/env node
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { runJson } from './contenders/index.mjs'
import { buildFloor } from './floor/build.mjs'
import { describeInterpreter } from './interpreter.mjs'
import { summarise } from './measure.mjs'
import { describeMachine, header } from './report.mjs'
import { contendersOf, groups } from './threads/groups.mjs'
import { toTable } from './threads/report.mjs'

const help = `Measures threads: calls off the thread, callbacks of threads, contention, signals and
what is left running, against hand-written addons, the floors.

  node bench/threads.mjs [--python PREFIX_OR_EXE] [--json FILE] [--quick] [--only NAME,...]

  --python  the Python to measure with; otherwise python3 on PATH
  --json    also write the results to this file
  --quick   one short round: to see that all runs, not to compare
  --only    these groups alone: ${Object.keys(groups).join(', ')}

Example: node bench/threads.mjs --python .venv --only offThread,callbacks`

const script = fileURLToPath(new URL('./threads/contend.mjs', import.meta.url))
const full = { rounds: 3, effort: 1 }
const quick = { rounds: 1, effort: 0.1 }

const floors = {
  calls: undefined,
  offThread: 'threads/floor/off-thread.c',
  callbacks: 'threads/floor/callbacks.c',
}

try {
  main()
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

function main() {
  const { values } = parseArgs({
    options: {
      python: { type: 'string', default: 'python3' },
      json: { type: 'string' },
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return console.log(help)
  const measured = select(values.only.split(',').filter(Boolean))
  const machine = describeMachine()
  const python = describeInterpreter(values.python)
  const context = {
    ...(values.quick ? quick : full),
    executable: python.executable,
    floors: buildFloors(python, measured),
  }

  const environment = { machine, node: process.versions.node, python }
  console.log(`${header(environment)}\n`)
  const results = {}
  for (const name of measured) {
    results[name] = measureGroup(name, context)
    console.log(`${toTable(groups[name], results[name])}\n`)
  }
  const { version, optimised } = python
  const document = { ...environment, python: { version, optimised }, quick: values.quick, results }
  if (values.json) writeFileSync(values.json, `${JSON.stringify(document, null, 2)}\n`)
}

/** Those that these groups measure against. */
function buildFloors(python, measured) {
  const wanted = Object.keys(floors).filter((name) =>
    measured.some((group) => groups[group].floor === name),
  )
  return Object.fromEntries(wanted.map((name) => [name, buildFloor(python, floors[name])]))
}

function select(only) {
  const unknown = only.find((name) => !(name in groups))
  if (unknown) throw new Error(`--only does not know ${unknown}: see --help`)
  return Object.keys(groups).filter((name) => only.length === 0 || only.includes(name))
}

function measureGroup(name, context) {
  const workloads = Object.keys(groups[name].workloads)
  return Object.fromEntries(
    workloads.map((workload) => [workload, measureWorkload(name, workload, context)]),
  )
}

/** Contenders take turns, so that a busy moment of the machine falls on all of them. */
function measureWorkload(group, workload, { rounds: usual, ...task }) {
  const rounds = task.effort < 1 ? usual : (groups[group].rounds ?? usual)
  const contenders = contendersOf(groups[group], workload)
  const results = Object.fromEntries(contenders.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) {
      progress(`${group} ${workload}: ${contender}, round ${round + 1}`)
      results[contender].push(run({ ...task, group, workload, contender }))
    }
  }
  progress('')
  const [base] = contenders
  return Object.fromEntries(
    contenders.map((name) => [name, merge(results[name], name === base ? [] : results[base])]),
  )
}

function run(task) {
  return runJson(process.execPath, [script, JSON.stringify(task)])
}

/** Figure by figure; ratios round by round, as neighbours in time. */
function merge(rounds, base) {
  const failed = rounds.find((round) => round.wrong) ?? rounds.find((round) => round.unable)
  if (failed) return failed
  return Object.fromEntries(
    Object.keys(rounds[0]).map((part) => {
      const ratios = rounds.map((round, i) => round[part] / base[i]?.[part]).filter(Number.isFinite)
      const ratio = ratios.length > 0 ? summarise(ratios).median : undefined
      return [part, { ...summarise(rounds.map((round) => round[part])), ratio }]
    }),
  )
}

function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}
