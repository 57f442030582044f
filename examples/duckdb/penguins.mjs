// Two DuckDBs in one process, Node's and Python's, and tables that both have: as Arrow data, which
// pybridge hands over without copying values.
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import * as arrow from 'apache-arrow'
import { python } from 'pybridge'

const here = dirname(fileURLToPath(import.meta.url))
const csv = join(here, '../pandas/data/penguins.csv')

const advice = `Install what is missing:
  npm install --no-save @duckdb/node-api@1.5.6-r.1   (70 MB)
  pip install -r examples/duckdb/requirements.txt`

try {
  await main()
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n${advice}`)
  process.exitCode = 1
}

async function main() {
  // Node's DuckDB answers with columns of JavaScript's values: they become a table once.
  const species = arrow.tableFromArrays(await ask())
  console.log(`DuckDB of Node      ${species.numRows} species`)

  // Python's DuckDB reads that very table, and gives another one.
  python.start({ path: [here] })
  const penguins = python.import('penguins')
  const heaviest = python.table(penguins.heaviest_of(python.table(species)), { arrow }).get(0)
  console.log(
    `DuckDB of Python    the heaviest are the ${heaviest.species}s, of ${Math.round(heaviest.mass)} g`,
  )

  const islands = python.table(penguins.by_island(csv), { arrow })
  for (const { island, penguins: count } of islands.toArray()) {
    console.log(`  ${island.padEnd(10)} ${String(count).padStart(3)} penguins`)
  }
}

async function ask() {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const rows = await connection.runAndReadAll(`
    select species, avg(body_mass_g::double) as mass
    from read_csv('${csv}', nullstr='NA') where sex is not null group by species order by species`)
  const { species, mass } = rows.getColumnsObjectJS()
  return { species, mass: Float64Array.from(mass) }
}
