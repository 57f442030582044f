import { header, table } from '../report.mjs'
import { bridges, contenders } from './contenders/index.mjs'
import { shapes } from './shapes.mjs'

const directions = { out: 'Python → JavaScript', in: 'JavaScript → Python' }
const flat = 1.5
const lean = 2.5

/** The results as Markdown, and why a figure is missing. */
export function toMarkdown({ shapes: timed, memory, ...environment }) {
  const failures = new Map()
  const parts = [
    header(environment),
    environment.quick && 'Quick: to see that all runs, not to compare.',
    ...Object.keys(directions).map((direction) => timeTable(direction, timed, failures)),
    flatnessTable(timed),
    memory && memoryTable(memory, failures),
    [...failures].map(([reason, where]) => `- ${reason}: ${[...where].join(', ')}`).join('\n'),
  ]
  return `${parts.filter(Boolean).join('\n\n')}\n`
}

function timeTable(direction, timed, failures) {
  if (Object.keys(timed).length === 0) return undefined
  const head = [`${directions[direction]}, of each element`, 'elements', 'pybridge', '× floor']
  const body = Object.entries(timed).flatMap(([shape, sides]) =>
    Object.entries(sides[direction]).map(([count, cells]) => {
      const cell = (name) => figure(cells[name], name, `${shape} ${direction}`, failures)
      for (const name of bridges) cell(name) // for why it is missing
      return [
        shapes[shape].title,
        Number(count).toLocaleString('en'),
        cell('pybridge'),
        times(cells.pybridge?.toFloor),
        cell('json'),
        cell('msgpack'),
        best(cells),
      ]
    }),
  )
  return table([...head, 'JSON', 'msgpack', 'best other bridge'], body)
}

function figure(cell, name, where, failures) {
  if (cell === undefined) return '–'
  const { title } = contenders[name]
  if (cell.wrong) note(failures, `${title} is WRONG (${cell.wrong})`, where)
  if (cell.unable) note(failures, `${title} did not run (${cell.unable})`, where)
  if (cell.wrong) return '**WRONG**'
  return cell.unable ? '–' : `${nanoseconds(cell.each)}${compared(name, cell)}`
}

const compared = (name, { toPybridge }) =>
  name === 'pybridge' || toPybridge === undefined ? '' : ` · ${times(toPybridge)}`

function best(cells) {
  const right = bridges.filter((name) => cells[name]?.each !== undefined)
  const [name] = right.sort((a, b) => cells[a].each - cells[b].each)
  if (name === undefined) return '–'
  return `${contenders[name].title}, ${nanoseconds(cells[name].each)}${compared(name, cells[name])}`
}

function note(failures, reason, where) {
  failures.set(reason, (failures.get(reason) ?? new Set()).add(where))
}

/** Small values pay for the call as well: only `rise` leaves that out. */
function flatnessTable(timed) {
  const body = Object.entries(timed).flatMap(([shape, sides]) =>
    Object.entries(sides).flatMap(([direction, byCount]) => {
      const own = eachBy(byCount, 'pybridge')
      if (own.length < 2) return []
      const [least, most] = [own[0], own.at(-1)]
      return [
        [
          shapes[shape].title,
          directions[direction],
          place(least),
          place(most),
          shapes[shape].isOne ? '' : marked(most.each / least.each, flat),
          marked(rise(own), flat),
          times(rise(eachBy(byCount, 'floor'))),
        ],
      ]
    }),
  )
  if (body.length === 0) return undefined
  const head = ['flatness, from 10 elements', '', 'least', 'most', `most / least (≤ ${flat} ×)`]
  return table([...head, 'rise with size', 'of the floor'], body)
}

/** The least first. */
function eachBy(byCount, name) {
  const figures = Object.entries(byCount).map(([count, cells]) => ({
    count: Number(count),
    each: cells[name]?.each,
  }))
  return figures
    .filter(({ count, each }) => count >= 10 && each !== undefined)
    .sort((a, b) => a.each - b.each)
}

/** How many times as much an element takes as one of a smaller value, at worst. */
function rise(figures) {
  const ratios = figures.flatMap((large) =>
    figures.filter(({ count }) => count < large.count).map(({ each }) => large.each / each),
  )
  return ratios.length > 0 ? Math.max(1, ...ratios) : undefined
}

const place = ({ count, each }) => `${nanoseconds(each)} of ${count.toLocaleString('en')}`

function memoryTable(memory, failures) {
  const names = Object.keys(memory[0].cells)
  if (names.length === 0) return undefined
  const body = memory.map(({ shape, direction, count, cells }) => [
    `${count.toLocaleString('en')} ${shapes[shape].title}`,
    directions[direction],
    sizeOf(cells),
    ...names.map((name) => peak(cells[name], name, `memory of ${shape} ${direction}`, failures)),
  ])
  const titles = names.map((name) => contenders[name].title)
  return table([`highest point over the result (≤ ${lean} ×)`, '', 'result', ...titles], body)
}

function sizeOf(cells) {
  const { size } = Object.values(cells).find((cell) => cell.size !== undefined) ?? {}
  return size === undefined ? '–' : mebibytes(size)
}

function peak(cell, name, where, failures) {
  if (cell.unable || cell.wrong) return figure(cell, name, where, failures)
  const ratio = cell.growth / cell.size
  return `${mebibytes(cell.growth)} · ${name === 'pybridge' ? marked(ratio, lean) : times(ratio)}`
}

/** Bold where it is more than wanted. */
function marked(ratio, wanted) {
  return ratio > wanted ? `**${times(ratio)}**` : times(ratio)
}

function times(ratio) {
  if (ratio === undefined) return ''
  return `${ratio < 10 ? ratio.toFixed(2) : Math.round(ratio).toLocaleString('en')} ×`
}

/** Of an element, which may take a small part of one. */
function nanoseconds(value) {
  if (value >= 9.995) return `${Math.round(value).toLocaleString('en')} ns`
  return `${value < 0.1 ? value.toPrecision(1) : value.toFixed(2)} ns`
}

const mebibytes = (value) => `${(value / 2 ** 20).toFixed(1)} MiB`
