#!/usr/bin/env node
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { toSvg } from './chart.mjs'
import { contenders, versionsOf } from './contenders/index.mjs'
import { writeDocs } from './docs.mjs'
import { buildFloors } from './floor/build.mjs'
import { describeInterpreter } from './interpreter.mjs'
import { measureMemory } from './memory.mjs'
import { describeMachine, toMarkdown } from './report.mjs'
import { installRivals } from './rivals/install.mjs'
import { measureStartUp } from './start-up.mjs'
import { timeAll } from './time.mjs'
import { measureValues } from './values.mjs'
import { sections, workloads } from './workloads/index.mjs'

const others = ['values', 'start-up', 'memory']
const groups = [...Object.keys(sections), ...others]

const help = `Measures calls, containers, start-up and memory, of pybridge, of a hand-written addon (the
floor), of Python alone and of the other bridges; and what becomes of values on their way.

  npm run bench -- [--python PREFIX_OR_EXE] [--only NAME,...] [--quick] [--json FILE] [--svg FILE] [--docs]

  --python  the Python to measure with; otherwise python3 on PATH
  --only    these alone. Groups: ${groups.join(', ')}.
            Workloads: ${Object.keys(workloads).join(', ')}.
            Contenders: ${Object.keys(contenders).join(', ')}.
  --quick   fewer and shorter repetitions: to see that all runs, not to compare
  --json    also write the results to this file
  --svg     also draw the chart of the calls into this file
  --docs    write bench/results/<version>.json, the tables of this Python in docs/performance.md, and
            docs/performance.svg
  --from    measure nothing: take the results from this file

The other bridges are installed into .cache/rivals, for each Python, when they are first needed. All of
it takes about a quarter of an hour.

Examples: npm run bench -- --python .venv --only add,callback,floor,pybridge
          npm run bench -- --python ~/.pyenv/versions/3.13.0 --docs`

// A repetition lasts at least so many milliseconds. A round is one new process per contender: many,
// because noise comes by the process and by the second.
const full = { rounds: 5, rivalRounds: 2, repetitions: 3, milliseconds: 40, startUps: 15 }
const quick = { rounds: 1, rivalRounds: 1, repetitions: 2, milliseconds: 5, startUps: 2 }

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
      svg: { type: 'string' },
      docs: { type: 'boolean', default: false },
      from: { type: 'string' },
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  })
  return { ...values, ...select(values.only.split(',').filter(Boolean)) }
}

/** What is measured, and whose: the kind that is not named stays whole. */
function select(only) {
  const unknown = only.find(
    (name) => !groups.includes(name) && !(name in workloads) && !(name in contenders),
  )
  if (unknown) throw new Error(`--only does not know ${unknown}: see --help`)
  const named = (names) => names.filter((name) => only.includes(name))
  const grouped = named(groups).flatMap((group) => Object.keys(sections[group] ?? { [group]: 0 }))
  const measured = [...grouped, ...named(Object.keys(workloads))]
  const contended = named(Object.keys(contenders))
  return {
    measured: measured.length > 0 ? measured : [...Object.keys(workloads), ...others],
    contended: contended.length > 0 ? contended : Object.keys(contenders),
  }
}

function main(options) {
  if (options.help) return console.log(help)
  const results = options.from ? JSON.parse(readFileSync(options.from, 'utf8')) : measure(options)
  console.log(toMarkdown(results))
  if (options.json) writeJson(options.json, results)
  if (options.svg) writeFileSync(options.svg, toSvg(results))
  if (options.docs) writeDocs(results)
}

function measure({ python: named, quick: isQuick, measured, contended }) {
  delete process.env.PYTHONDONTWRITEBYTECODE // as on users' machines, where bytecode is kept
  const machine = describeMachine()
  const python = describeInterpreter(named)
  const isInstalled = (name) => contenders[name].packageName !== undefined
  const rivals = contended.some(isInstalled) ? installRivals(python) : undefined
  const effort = isQuick ? quick : full
  const context = { python, floor: buildFloors(python), rivals, effort }

  const { version, optimised } = python
  const results = {
    machine,
    node: process.versions.node,
    python: { version, optimised },
    rivals: versionsOf(contended, contenders, rivals),
    quick: isQuick,
  }
  for (const [name, section] of Object.entries(sections)) {
    const chosen = measured.filter((workload) => workload in section)
    if (chosen.length > 0) results[name] = timeAll(chosen, contended, context, progress)
  }
  const wants = (group) => measured.includes(group)
  if (wants('values')) results.values = measureValues(contended, context, progress)
  if (wants('start-up')) results.startUp = measureStartUp(contended, context)
  if (wants('memory')) results.memory = measureMemory(context)
  return results
}

function writeJson(file, results) {
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`)
}

function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}
