#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { contenders, runCell } from './contenders/index.mjs'
import { buildFloor } from './floor/build.mjs'
import { describeInterpreter } from './interpreter.mjs'
import { summarise } from './measure.mjs'
import { describeMachine, digits, header, table } from './report.mjs'
import { inside } from './start-up.mjs'
import { proxies, workloads } from './workloads.mjs'

const help = `Measures memory: what a million operations in one turn of the event loop add, and
what a started interpreter takes.

  node bench/memory.mjs [--python PREFIX_OR_EXE] [--operations N]`

const measured = {
  floor: ['add', 'hello', 'callback', 'make'],
  pybridge: ['add', 'hello', 'callback', 'make', 'same'],
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
      operations: { type: 'string', default: '1000000' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return console.log(help)
  const python = describeInterpreter(values.python)
  const effort = { operations: Number(values.operations) }
  const context = { python, floor: buildFloor(python), effort }

  const names = Object.keys(measured)
  const rows = names.flatMap((name) =>
    measured[name].map((workload) => growthRow(name, workload, context)),
  )
  const head = [`${effort.operations} in one turn`, '', 'highest', 'kept', 'each']
  const machine = describeMachine()
  console.log(header({ machine, node: process.versions.node, python }), '\n')
  console.log(table(head, rows), '\n')
  console.log(
    table(
      ['a started interpreter', ''],
      names.map((name) => startedRow(name, context)),
    ),
  )
}

function growthRow(name, workload, context) {
  const { title } = { ...workloads, ...proxies }[workload]
  const result = runCell(name, workload, context)
  return [title, contenders[name].title, ...(failure(result) ?? figures(result))]
}

function figures({ growth, kept, nanoseconds }) {
  return [`${growth.toFixed(2)} MiB`, `${kept.toFixed(2)} MiB`, `${digits(nanoseconds)} ns`]
}

function startedRow(name, context) {
  const { title, missing } = contenders[name]
  const unable = missing(context)
  if (unable) return [title, unable]
  const { floor, python } = context
  const argv = name === 'floor' ? [floor.addon, python.executable] : [python.executable]
  const results = Array.from({ length: 5 }, () => inside(name, ...argv))
  const failed = results.map(failure).find(Boolean)
  if (failed) return [title, failed[0]]
  return [title, `${summarise(results.map((r) => r.megabytes)).median.toFixed(1)} MiB`]
}

function failure({ wrong, unable }) {
  const reason = wrong ? `WRONG: ${wrong}` : unable
  return reason && [reason, '', '']
}
