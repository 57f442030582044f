import os from 'node:os'
import { contenders as all } from './contenders/index.mjs'
import { workloads } from './workloads.mjs'

export function describeMachine() {
  return {
    cpu: os.cpus()[0].model.trim(),
    cores: os.cpus().length,
    platform: `${process.platform}-${process.arch}`,
    load: os.loadavg()[0],
  }
}

/** What was measured on, in one line. */
export function header({ machine, node, python }) {
  const { cpu, cores, platform, load } = machine
  const build = python.optimised ? ' (--enable-optimizations)' : ''
  return (
    `${cpu}, ${cores} cores, ${platform}, load ${load.toFixed(1)}; ` +
    `Node ${node}; Python ${python.version}${build}`
  )
}

/** The results as Markdown: one table of calls, one of start-up, and why a figure is missing. */
export function toMarkdown({ calls, startUp, ...environment }) {
  const failures = new Map()
  const parts = [
    header(environment),
    calls && callTable(calls, failures),
    startUp && startUpTable(startUp, failures),
    [...failures].map(([reason, where]) => `${reason}: ${where.join(', ')}`).join('\n'),
  ]
  return `${parts.filter(Boolean).join('\n\n')}\n`
}

function callTable(calls, failures) {
  const columns = Object.keys(Object.values(calls)[0])
  const rows = Object.entries(calls).map(([workload, cells]) => [
    workloads[workload].title,
    ...columns.map((name) => {
      const { ratio } = cells[name]
      const suffix = ratio === undefined || name === 'floor' ? '' : ` · ${ratio.toFixed(2)} ×`
      return `${figure(cells[name], 'ns', all[name].title, workload, failures)}${suffix}`
    }),
  ])
  return table(['per operation', ...columns.map((name) => all[name].title)], rows)
}

function startUpTable(startUp, failures) {
  const rows = startUp.map((row) => [
    row.title,
    figure(row, 'ms', all[row.of]?.title ?? row.of, 'start-up', failures),
    (row.over ?? []).map((o) => `${signed(o.milliseconds)} ms over ${o.title}`).join(', '),
  ])
  return table(['start-up', 'median', ''], rows)
}

function figure({ median, min, max, wrong, unable }, unit, title, where, failures) {
  if (wrong) note(failures, `${title} is WRONG (${wrong})`, where)
  if (unable) note(failures, `${title} did not run (${unable})`, where)
  if (wrong) return 'WRONG'
  if (unable) return '–'
  return `${digits(median)} ${unit} (${digits(min)}–${digits(max)})`
}

function note(failures, reason, where) {
  const places = failures.get(reason) ?? []
  if (!places.includes(where)) failures.set(reason, [...places, where])
}

/** A Markdown table, padded so that it also reads well in a terminal. */
export function table(head, body) {
  const widths = head.map((_, i) => Math.max(...[head, ...body].map((row) => row[i].length), 3))
  const line = (row) => `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`
  const rule = line(widths.map((width) => '-'.repeat(width)))
  return [line(head), rule, ...body.map(line)].join('\n')
}

export const digits = (value) => value.toFixed(value < 100 ? 1 : 0)
const signed = (value) => `${value < 0 ? '−' : '+'}${digits(Math.abs(value))}`
