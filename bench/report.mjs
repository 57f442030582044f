import os from 'node:os'
import { contenders as all, rivals } from './contenders/index.mjs'
import { bestRival } from './time.mjs'
import { verdict } from './values.mjs'
import { same } from './workloads/calls.mjs'
import { workloads } from './workloads/index.mjs'
import { values as carried } from './workloads/values.mjs'

export function describeMachine() {
  return {
    cpu: os.cpus()[0].model.trim(),
    cores: os.cpus().length,
    platform: `${process.platform}-${process.arch}`,
    load: os.loadavg()[0],
  }
}

/** What was measured on, in one line. */
export function header({ machine, node, python, rivals = {} }) {
  const { cpu, cores, platform, load } = machine
  const build = python.optimised ? ' (--enable-optimizations)' : ''
  const others = Object.entries(rivals).map(([name, version]) => `; ${name} ${version}`)
  return (
    `${cpu}, ${cores} cores, ${platform}, load ${load.toFixed(1)}; ` +
    `Node ${node}; Python ${python.version}${build}${others.join('')}`
  )
}

/** The results as Markdown: a table for each group, and why a figure is missing. */
export function toMarkdown({ calls, bulk, values, startUp, memory, ...environment }) {
  const failures = new Map()
  const parts = [
    header(environment),
    environment.quick && 'Quick: to see that all runs, not to compare.',
    calls && ownTable('a call', calls, ['floor-attached', 'python'], failures),
    bulk && ownTable('containers, copied', bulk, [], failures),
    rivalTable({ ...calls, ...bulk }, failures),
    values && valueTable(values),
    startUp && startUpTable(startUp, failures),
    memory && memoryTables(memory),
    [...failures].map(([reason, where]) => `- ${reason}: ${where.join(', ')}`).join('\n'),
  ]
  return `${parts.filter(Boolean).join('\n\n')}\n`
}

/** pybridge against the floor and the best rival. */
function ownTable(head, timed, besides, failures) {
  const contended = new Set(Object.values(timed).flatMap(Object.keys))
  const shown = ['floor', ...besides].filter((name) => contended.has(name))
  const hasRivals = rivals.some((name) => contended.has(name))
  const head1 = [head, ...shown.map((name) => all[name].title), 'pybridge', '× floor', 'p99']
  const body = Object.entries(timed).map(([workload, cells]) => [
    workloads[workload].title,
    ...shown.map((name) => median(cells[name], name, workload, failures)),
    ranged(cells.pybridge, 'pybridge', workload, failures),
    cells.pybridge?.toFloor === undefined ? '' : `${cells.pybridge.toFloor.toFixed(2)} ×`,
    cells.pybridge?.p99 === undefined ? '' : duration(cells.pybridge.p99),
    ...(hasRivals ? [best(cells)] : []),
  ])
  return table([...head1, ...(hasRivals ? ['best rival'] : [])], body)
}

function best(cells) {
  const name = bestRival(cells)
  if (name === undefined) return ''
  const { median: figure, toPybridge } = cells[name]
  const times = toPybridge === undefined ? '' : ` · ${factor(toPybridge)} ×`
  return `${all[name].title}, ${duration(figure)}${times}`
}

/** All rivals, as multiples of pybridge. */
function rivalTable(timed, failures) {
  const contended = new Set(Object.values(timed).flatMap(Object.keys))
  const shown = rivals.filter((name) => contended.has(name))
  if (shown.length === 0) return undefined
  const body = Object.entries(timed).map(([workload, cells]) => [
    workloads[workload].title,
    median(cells.pybridge, 'pybridge', workload, failures),
    ...shown.map((name) => {
      const figure = median(cells[name], name, workload, failures)
      const times = cells[name]?.toPybridge
      return times === undefined ? figure : `${figure} · ${factor(times)} ×`
    }),
  ])
  return table(['median', 'pybridge', ...shown.map((name) => all[name].title)], body)
}

function valueTable(values) {
  const shown = Object.keys(Object.values(values)[0])
  const body = Object.entries(values).map(([value, outcomes]) => [
    carried[value].title,
    ...shown.map((name) => verdict(outcomes[name]).replaceAll('|', '\\|')),
  ])
  return table(['out, and back', ...shown.map((name) => all[name].title)], body)
}

function startUpTable(startUp, failures) {
  const rows = startUp.map((row) => [
    row.title,
    figure(row, 'ms', all[row.of]?.title ?? row.of, 'start-up', failures),
    [
      ...(row.over ?? []).map((o) => `${signed(o.milliseconds)} ms over ${o.title}`),
      ...(row.toPybridge === undefined ? [] : [`${factor(row.toPybridge)} × pybridge`]),
    ].join(', '),
  ])
  return table(['start-up', 'median', ''], rows)
}

function figure({ median, min, max, wrong, unable }, unit, title, where, failures) {
  if (wrong) note(failures, `${title} is WRONG (${wrong})`, where)
  if (unable) note(failures, `${title} did not run (${unable})`, where)
  if (wrong) return '**WRONG**'
  if (unable) return '–'
  return `${digits(median)} ${unit} (${digits(min)}–${digits(max)})`
}

function median(cell, name, workload, failures) {
  return failing(cell, name, workload, failures) ?? duration(cell.median)
}

function ranged(cell, name, workload, failures) {
  const failed = failing(cell, name, workload, failures)
  if (failed !== undefined) return failed
  const { median, min, max } = cell
  return `${duration(median)} (${duration(min)}–${duration(max)})`
}

function failing(cell, name, workload, failures) {
  if (cell === undefined) return '–'
  if (cell.wrong) note(failures, `${all[name].title} is WRONG (${cell.wrong})`, workload)
  if (cell.unable) note(failures, `${all[name].title} did not run (${cell.unable})`, workload)
  if (cell.wrong) return '**WRONG**'
  return cell.unable ? '–' : undefined
}

function note(failures, reason, where) {
  const places = failures.get(reason) ?? []
  if (!places.includes(where)) failures.set(reason, [...places, where])
}

/** What operations in one turn add, and what a started interpreter takes. */
export function memoryTables({ operations, grown, started }) {
  const mebibytes = (value) => `${value.toFixed(2)} MiB`
  const titles = { ...workloads, same }
  const growth = grown.map(({ contender, workload, growth, kept, nanoseconds, ...failed }) => [
    titles[workload].title,
    all[contender].title,
    ...(growth === undefined
      ? [failed.wrong ? `WRONG: ${failed.wrong}` : failed.unable, '', '']
      : [mebibytes(growth), mebibytes(kept), duration(nanoseconds)]),
  ])
  const head = [`${operations.toLocaleString('en')} in one turn`, '', 'highest', 'kept', 'each']
  const starts = started.map(({ contender, megabytes, unable, wrong }) => [
    all[contender].title,
    megabytes === undefined ? (wrong ?? unable) : `${megabytes.toFixed(1)} MiB`,
  ])
  return `${table(head, growth)}\n\n${table(['a started interpreter', ''], starts)}`
}

/** A Markdown table, padded so that it also reads well in a terminal. */
export function table(head, body) {
  const widths = head.map((_, i) => Math.max(...[head, ...body].map((row) => row[i].length), 3))
  const line = (row) => `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`
  const rule = line(widths.map((width) => '-'.repeat(width)))
  return [line(head), rule, ...body.map(line)].join('\n')
}

/** Nanoseconds, three digits, in the unit that suits. */
export function duration(nanoseconds) {
  const [unit, value] = [
    ['s', nanoseconds / 1e9],
    ['ms', nanoseconds / 1e6],
    ['µs', nanoseconds / 1e3],
    ['ns', nanoseconds],
  ].find(([unit, value]) => value >= 1 || unit === 'ns')
  return `${three(value)} ${unit}`
}

const three = (value) => value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0)
const factor = (value) => (value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en'))
export const digits = (value) => value.toFixed(value < 100 ? 1 : 0)
const signed = (value) => `${value < 0 ? '−' : '+'}${digits(Math.abs(value))}`
