#!/usr/bin/env node
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { contenders, runCell } from './contenders/index.mjs'
import { buildFloor } from './floor/build.mjs'
import { describeInterpreter } from './interpreter.mjs'
import { summarise } from './measure.mjs'
import { describeMachine, toMarkdown } from './report.mjs'
import { measureStartUp } from './start-up.mjs'
import { workloads } from './workloads.mjs'

const help = `Measures calls and start-up against a hand-written addon, the floor.

  node bench/run.mjs [--python PREFIX_OR_EXE] [--json FILE] [--quick] [--only NAME,...]

  --python  the Python to measure with; otherwise python3 on PATH
  --json    also write the results to this file
  --quick   fewer and shorter repetitions: to see that all runs, not to compare
  --only    these alone. Workloads: ${[...Object.keys(workloads), 'start-up'].join(', ')}.
            Contenders: ${Object.keys(contenders).join(', ')}.

Example: node bench/run.mjs --python .venv --only add,callback,floor,pybridge`

// A repetition lasts at least as long as both `iterations` and `milliseconds` ask. A round is one
// new process per contender: many, because noise comes by the process and by the second.
const full = { rounds: 5, repetitions: 3, iterations: 200_000, milliseconds: 40, startUps: 15 }
const quick = { rounds: 1, repetitions: 3, iterations: 20_000, milliseconds: 5, startUps: 3 }

try {
  main(readOptions())
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      python: { type: 'string', default: 'python3' },
      json: { type: 'string' },
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  })
  return { ...values, ...select(values.only.split(',').filter(Boolean)) }
}

/** Names of either kind: the kind that is not named stays whole. */
function select(only) {
  const measured = [...Object.keys(workloads), 'start-up']
  const unknown = only.find((name) => !measured.includes(name) && !(name in contenders))
  if (unknown) throw new Error(`--only does not know ${unknown}: see --help`)
  const pick = (names) => {
    const picked = names.filter((name) => only.includes(name))
    return picked.length > 0 ? picked : names
  }
  return { measured: pick(measured), contended: pick(Object.keys(contenders)) }
}

function main(options) {
  if (options.help) return console.log(help)
  const effort = options.quick ? quick : full
  const machine = describeMachine()
  const python = describeInterpreter(options.python)
  const floor = buildFloor(python)
  const context = { python, floor, effort }

  const called = options.measured.filter((name) => name in workloads)
  const results = {
    machine,
    node: process.versions.node,
    python: { version: python.version, optimised: python.optimised },
    quick: options.quick,
    ...(called.length > 0 && { calls: measureCalls(called, options.contended, context) }),
    ...(options.measured.includes('start-up') && {
      startUp: measureStartUp(options.contended, context),
    }),
  }
  console.log(toMarkdown(results))
  if (options.json) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`)
}

function measureCalls(called, contended, context) {
  return Object.fromEntries(
    called.map((workload) => [workload, measureCall(workload, contended, context)]),
  )
}

/** Contenders take turns, so that a busy moment of the machine falls on all of them. */
function measureCall(workload, contended, context) {
  const results = Object.fromEntries(contended.map((name) => [name, []]))
  for (let round = 0; round < context.effort.rounds; round++) {
    for (const name of contended) {
      progress(`${workload}: ${name}, round ${round + 1}`)
      results[name].push(runCell(name, workload, context))
    }
  }
  progress('')
  return Object.fromEntries(
    contended.map((name) => {
      const rounds = results[name]
      return [name, { ...merge(rounds), ratio: ratio(rounds, results.floor) }]
    }),
  )
}

function merge(rounds) {
  return failure(rounds) ?? summarise(rounds.flatMap((round) => round.samples))
}

/** Round by round, as neighbours in time: the machine is faster in one second than in the next. */
function ratio(rounds, floorRounds) {
  if (!floorRounds || failure(rounds) || failure(floorRounds)) return undefined
  const median = (round) => summarise(round.samples).median
  return summarise(rounds.map((round, i) => median(round) / median(floorRounds[i]))).median
}

function failure(rounds) {
  return rounds.find((round) => round.wrong) ?? rounds.find((round) => round.unable)
}

function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}
