// A CSV, grouped by pandas; its columns are typed arrays of JavaScript over the same memory; and a chart
// of what JavaScript made of them.
import { mkdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import * as arrow from 'apache-arrow'
import { BridgeError, PythonError, python } from 'pybridge'

const usage = `Usage: node examples/pandas/penguins.mjs

Reads examples/pandas/data/penguins.csv with pandas, prints the groups, and writes a chart to
examples/pandas/out/penguins.svg. Needs what examples/pandas/requirements.txt names, and apache-arrow.

  --help  show this text`

const here = dirname(fileURLToPath(import.meta.url))

function main() {
  python.start({ path: [here] })
  const penguins = python.import('penguins')
  const measured = penguins.read(join(here, 'data', 'penguins.csv'))

  // A group is small: its columns are read one value at a time.
  const groups = python.table(penguins.by_species(measured), { arrow })
  console.log(`Palmer penguins: pandas on Python ${python.version}, in this process\n`)
  for (const group of groups.toArray()) {
    const { species, sex, count, mass, flipper } = group.toJSON()
    const many = `${String(count).padStart(3)} ${sex}`
    const means = `${(mass / 1000).toFixed(2)} kg, flippers of ${Math.round(flipper)} mm`
    console.log(`  ${species.padEnd(10)} ${many.padEnd(11)} ${means}`)
  }

  // All of them: whole columns, over the memory of the batches.
  const table = python.table(measured, { arrow })
  const mass = numbers(table, 'body_mass_g')
  const flipper = numbers(table, 'flipper_length_mm')
  const index = mass.map((grams, i) => grams / 1000 / ((flipper[i] ?? 0) / 1000) ** 2)
  const heaviest = index.indexOf(Math.max(...index))
  const penguin = table.get(heaviest).toJSON()
  console.log(`\n  ${table.numRows} penguins; the stoutest is a ${penguin.sex} ${penguin.species}`)
  console.log(`  of ${penguin.body_mass_g} g on ${penguin.island}`)

  const svg = join(here, 'out', 'penguins.svg')
  mkdirSync(dirname(svg), { recursive: true })
  penguins.draw(python.table(table), index, svg)
  console.log(`  chart       ${relative('', svg)}`)
}

/**
 * A column without nulls, whole: no value is copied where it came in one batch.
 *
 * @param {import('pybridge').ArrowTable} table
 * @param {string} name
 * @returns {Float64Array}
 */
function numbers(table, name) {
  return table.getChild(name).toArray()
}

try {
  const { values } = parseArgs({ options: { help: { type: 'boolean' } } })
  if (values.help) console.log(usage)
  else main()
} catch (error) {
  console.error(explain(error))
  process.exitCode = 1
}

/** @param {unknown} error */
function explain(error) {
  if (error instanceof BridgeError) return error.message
  if (error instanceof PythonError && error.is('ModuleNotFoundError')) {
    return `${error.message}: pip install -r examples/pandas/requirements.txt (${python.info.executable})`
  }
  if (error instanceof PythonError) return error.traceback
  if (error instanceof Error && 'code' in error && /^ERR_PARSE_ARGS/.test(String(error.code))) {
    return `${error.message}\n\n${usage}`
  }
  return error
}
