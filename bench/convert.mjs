#!/usr/bin/env node
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { versionsOf } from './contenders/index.mjs'
import { contenders, isBridge } from './convert/contenders/index.mjs'
import { measurePeaks } from './convert/memory.mjs'
import { toMarkdown } from './convert/report.mjs'
import { shapes } from './convert/shapes.mjs'
import { timeShape } from './convert/time.mjs'
import { minor, putInPlace } from './docs.mjs'
import { buildFloors } from './floor/build.mjs'
import { describeInterpreter } from './interpreter.mjs'
import { describeMachine } from './report.mjs'
import { installRivals } from './rivals/install.mjs'
import { installPythonRivals } from './rivals/install-python.mjs'

const help = `Measures how long values of every shape and size take to cross, each way, by pybridge,
by a hand-written addon (the floor), as JSON or msgpack at both ends, and by the other bridges; and
the memory that a crossing takes.

  npm run bench:convert -- [--python PREFIX_OR_EXE] [--only NAME,...] [--quick] [--large] [--json FILE] [--docs]

  --python  the Python to measure with; otherwise python3 on PATH
  --only    these alone. Shapes: ${Object.keys(shapes).join(', ')}; memory.
            Contenders: ${Object.keys(contenders).join(', ')}.
  --large   ten times as many floats, ints and rows as well
  --quick   fewer and shorter repetitions: to see that all runs, not to compare
  --json    also write the results to this file
  --docs    write the tables of this Python in docs/performance-of-values.md

Example: npm run bench:convert -- --python .venv --only floats,rows,floor,pybridge,json`

const page = new URL('../docs/performance-of-values.md', import.meta.url)

// Milliseconds: of the warm-up, of a turn, and of all turns of one contender. A slice, by which the
// clock is read, is long enough to hold its share of collections.
const slice = 5
const full = {
  warmUp: { milliseconds: 60, turns: 2, slice },
  ...{ turns: 5, bridgeTurns: 2, milliseconds: 25, most: 1500, peaks: 3 },
}
const quick = {
  warmUp: { milliseconds: 5, turns: 1, slice: 0.5 },
  ...{ turns: 1, bridgeTurns: 1, milliseconds: 2, most: 10, peaks: 1 },
}

try {
  await main(readOptions())
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      python: { type: 'string', default: 'python3' },
      only: { type: 'string', default: '' },
      large: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      docs: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  return { ...values, ...select(values.only.split(',').filter(Boolean)) }
}

/** What crosses, and by whom: the kind that is not named stays whole. */
function select(only) {
  const groups = [...Object.keys(shapes), 'memory']
  const unknown = only.find((name) => !groups.includes(name) && !(name in contenders))
  if (unknown) throw new Error(`--only does not know ${unknown}: see --help`)
  const named = (names) => {
    const chosen = names.filter((name) => only.includes(name))
    return chosen.length > 0 ? chosen : names
  }
  return { measured: named(groups), contended: named(Object.keys(contenders)) }
}

async function main(options) {
  if (options.help) return console.log(help)
  const isWhole = options.measured.length > Object.keys(shapes).length
  if (options.docs && (options.quick || !isWhole)) {
    throw new Error('--docs wants every shape, in full: not with --quick or a shape alone')
  }
  const results = await measure(options)
  console.log(toMarkdown(results))
  if (options.json) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`)
  if (options.docs) putInPlace(page, `values ${minor(results.python.version)}`, toMarkdown(results))
}

async function measure({ python: named, quick: isQuick, large: isLarge, measured, contended }) {
  delete process.env.PYTHONDONTWRITEBYTECODE // as on users' machines, where bytecode is kept
  const machine = describeMachine()
  const python = describeInterpreter(named)
  const packs = contended.includes('msgpack')
  const rivals = packs || contended.some(isBridge) ? installRivals(python) : undefined
  const msgpack = packs ? installPythonRivals(python) : undefined
  const effort = isQuick ? quick : full
  const context = { python, floor: buildFloors(python), rivals, msgpack, effort, isLarge }

  const { version, optimised } = python
  const results = {
    machine,
    node: process.versions.node,
    python: { version, optimised },
    rivals: { ...versionsOf(contended, contenders, rivals), ...msgpack?.versions },
    quick: isQuick,
    shapes: {},
  }
  for (const shape of measured.filter((name) => name in shapes)) {
    results.shapes[shape] = await timeShape(shape, contended, context, progress)
  }
  if (measured.includes('memory')) results.memory = await measurePeaks(contended, context, progress)
  progress('')
  return results
}

function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}
