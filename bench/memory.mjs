#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { isMain } from '../scripts/command.mjs'
import { contenders, runCell } from './contenders/index.mjs'
import { buildFloors } from './floor/build.mjs'
import { describeInterpreter } from './interpreter.mjs'
import { summarise } from './measure.mjs'
import { describeMachine, header, memoryTables } from './report.mjs'
import { inside } from './start-up.mjs'

const help = `Measures memory: what a million operations in one turn of the event loop add, and
what a started interpreter takes.

  npm run bench:memory -- [--python PREFIX_OR_EXE] [--operations N]`

const measured = {
  floor: ['add', 'hello', 'callback', 'make'],
  pybridge: ['add', 'hello', 'callback', 'make', 'same'],
}

/** Mebibytes: what operations in one turn add, and what a started interpreter takes. */
export function measureMemory(context, operations = 1_000_000) {
  const effort = { operations }
  const grown = Object.entries(measured).flatMap(([contender, workloads]) =>
    workloads.map((workload) => ({
      contender,
      workload,
      ...runCell(contender, workload, { ...context, effort }),
    })),
  )
  const started = Object.keys(measured).map((contender) => ({
    contender,
    ...startedMemory(contender, context),
  }))
  return { operations, grown, started }
}

function startedMemory(name, context) {
  const unable = contenders[name].missing(context)
  if (unable) return { unable }
  const { floor, python } = context
  const argv = name === 'floor' ? [floor.addon, python.executable] : [python.executable]
  const results = Array.from({ length: 5 }, () => inside(name, ...argv))
  const failed = results.find((result) => result.unable || result.wrong)
  return failed ?? { megabytes: summarise(results.map((result) => result.megabytes)).median }
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
  const machine = describeMachine()
  const memory = measureMemory({ python, floor: buildFloors(python) }, Number(values.operations))
  console.log(header({ machine, node: process.versions.node, python }), '\n')
  console.log(memoryTables(memory))
}

if (isMain(import.meta.url)) {
  try {
    main()
  } catch (error) {
    console.error(error.message)
    process.exitCode = 1
  }
}
