import { table } from '../report.mjs'

/** A table for one group: medians of all rounds, least and most, and the ratio to the first column. */
export function toTable({ title, contenders, rows }, results) {
  const names = Object.keys(contenders)
  const body = rows.map((row) => [
    row.title,
    ...names.map((name) => cell(results[row.workload][name], row)),
    row.target ?? '',
  ])
  return table([title, ...names.map((name) => contenders[name]), 'target'], body)
}

function cell(result, { part, unit }) {
  if (result === undefined) return '–'
  if (result.wrong) return `WRONG: ${result.wrong}`
  if (result.unable) return `– (${result.unable})`
  const { median, min, max, ratio } = result[part]
  if (unit !== undefined) {
    return `${median.toFixed(2)} ${unit} (${min.toFixed(2)}–${max.toFixed(2)})`
  }
  const factor = ratio === undefined ? '' : ` · ${ratio.toFixed(2)} ×`
  return `${duration(median)} (${duration(min)}–${duration(max)})${factor}`
}

const units = [
  ['ns', 1],
  ['µs', 1e3],
  ['ms', 1e6],
]

function duration(nanoseconds) {
  const [unit, size] = units.findLast(([, size]) => nanoseconds >= size) ?? units[0]
  return `${Number((nanoseconds / size).toPrecision(3))} ${unit}`
}
