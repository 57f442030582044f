import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { toSvg } from './chart.mjs'
import { toMarkdown } from './report.mjs'

const folder = new URL('./results/', import.meta.url)
const page = new URL('../docs/performance.md', import.meta.url)
const chart = new URL('../docs/performance.svg', import.meta.url)
const picture =
  '![Time per operation: pybridge, the floor and other bridges, on a logarithmic scale](performance.svg)'
const wanted = ['calls', 'bulk', 'values', 'startUp', 'memory']

/**
 * Keeps the results, by the version of Python without its last part; writes its tables into their
 * place in docs/performance.md, and draws the chart of the newest Python that has results.
 */
export function writeDocs(results) {
  const missing = wanted.filter((group) => results[group] === undefined)
  if (results.quick || missing.length > 0) {
    throw new Error('--docs wants everything, measured in full: not with --quick or --only')
  }
  const version = minor(results.python.version)
  mkdirSync(folder, { recursive: true })
  const file = new URL(`${version}.json`, folder)
  writeFileSync(file, `${JSON.stringify(results, rounded, 2)}\n`)
  const kept = JSON.parse(readFileSync(file, 'utf8'))
  putInPlace(page, `bench ${version}`, toMarkdown(kept))
  putInPlace(page, 'chart', picture)
  writeFileSync(chart, toSvg(newest()))
  console.log(`written: ${[file, page, chart].map((url) => fileURLToPath(url)).join(', ')}`)
}

/** Into a page, between the two lines that have this name. */
export function putInPlace(file, name, content) {
  const text = readFileSync(file, 'utf8')
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`]
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from) {
    throw new Error(`${fileURLToPath(file)} has no place for it: the lines ${begin} and ${end}`)
  }
  const before = text.slice(0, from + begin.length)
  writeFileSync(file, `${before}\n\n${content.trimEnd()}\n\n${text.slice(to)}`)
}

function newest() {
  const files = readdirSync(folder).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  return JSON.parse(readFileSync(new URL(files.at(-1), folder), 'utf8'))
}

export const minor = (version) => version.split('.').slice(0, 2).join('.')
const rounded = (_, value) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value)
