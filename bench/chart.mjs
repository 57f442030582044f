import { contenders } from './contenders/index.mjs'
import { duration } from './report.mjs'
import { bestRival } from './time.mjs'
import { sections, workloads } from './workloads/index.mjs'

// Marks differ in shape as well as in colour: `light` and `dark` are for the two backgrounds.
const marks = {
  floor: { light: '#57606a', dark: '#9ea7b3', draw: (x, y) => rectangle(x - 1.25, y - 8, 2.5, 16) },
  pybridge: { light: '#0b57d0', dark: '#6cb0ff', draw: (x, y) => circle(x, y, 6) },
  'node-calls-python': {
    light: '#b35900',
    dark: '#f0a35e',
    draw: (x, y) => rectangle(x - 4, y - 4, 8, 8),
  },
  pymport: {
    light: '#1a7f37',
    dark: '#56d364',
    draw: (x, y) =>
      polygon(x, y, [
        [0, -5.5],
        [5, 3.5],
        [-5, 3.5],
      ]),
  },
  pyodide: {
    light: '#8250df',
    dark: '#c297ff',
    draw: (x, y) =>
      polygon(x, y, [
        [0, -6],
        [5, 0],
        [0, 6],
        [-5, 0],
      ]),
  },
  jspybridge: {
    light: '#bf3989',
    dark: '#ff80c8',
    draw: (x, y) =>
      polygon(x, y, [
        [0, 5.5],
        [5, -3.5],
        [-5, -3.5],
      ]),
  },
  'json-lines': { light: '#6e5c00', dark: '#d9c45a', draw: (x, y) => polygon(x, y, cross) },
}
const cross = [
  ...[
    [-5, -3],
    [-3, -5],
    [0, -2],
    [3, -5],
    [5, -3],
    [2, 0],
  ],
  ...[
    [5, 3],
    [3, 5],
    [0, 2],
    [-3, 5],
    [-5, 3],
    [-2, 0],
  ],
]
const headings = { calls: 'Calls', bulk: 'Containers, copied whole' }

const width = 960
const plot = { left: 352, right: 852 }
const row = 25
const top = 104

/** Times per operation on a logarithmic scale, as one picture for light and dark backgrounds. */
export function toSvg(results) {
  const lines = Object.keys(headings).flatMap((name) => linesOf(name, results[name] ?? {}))
  const figures = lines.flatMap(({ cells }) =>
    Object.values(cells ?? {}).map(({ median }) => median),
  )
  const scale = scaleOver(figures)
  const bottom = top + lines.length * row
  const drawn = lines.map((line, i) => drawLine(line, top + (i + 0.5) * row, scale))
  const shown = Object.keys(marks).filter((name) => lines.some(({ cells }) => cells?.[name]))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 44}" width="${width}" height="${bottom + 44}" role="img" aria-labelledby="title">`,
    `<title id="title">${escaped(titleOf(results))}</title>`,
    style(),
    text(24, 30, 'Time per operation, on a logarithmic scale: further left is faster', 'h'),
    text(24, 50, environmentOf(results), 'dim'),
    legend(shown),
    text(width - 24, 96, 'best rival takes', 'dim end'),
    ...scale.ticks.map((tick) => drawTick(tick, scale, bottom)),
    ...drawn,
    `</svg>\n`,
  ].join('\n')
}

function linesOf(section, timed) {
  const measured = Object.keys(sections[section]).filter((workload) => timed[workload])
  if (measured.length === 0) return []
  const lines = measured.map((workload) => {
    const cells = Object.entries(timed[workload])
    const right = cells.filter(([name, cell]) => name in marks && cell.median !== undefined)
    return {
      title: workloads[workload].title.replaceAll('`', ''),
      cells: Object.fromEntries(right),
      best: bestRival(timed[workload]),
    }
  })
  return [{ heading: headings[section] }, ...lines]
}

/** From decade to decade, around all figures. */
function scaleOver(figures) {
  const from = Math.floor(Math.log10(Math.min(...figures)))
  const to = Math.ceil(Math.log10(Math.max(...figures)))
  const at = (value) =>
    plot.left + ((Math.log10(value) - from) / (to - from)) * (plot.right - plot.left)
  return { at, ticks: Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i)) }
}

function drawTick(tick, { at }, bottom) {
  const x = at(tick)
  const label = duration(tick).replace(/\.0+ /, ' ')
  return [
    `<path class="grid" d="M${round(x)} ${top}V${bottom + 4}"/>`,
    text(x, bottom + 22, label, 'dim middle'),
  ].join('\n')
}

function drawLine({ heading, title, cells, best }, y, { at }) {
  if (heading) return text(24, y + 6, heading, 'b')
  const places = Object.values(cells).map(({ median }) => at(median))
  const span = `<path class="span" d="M${round(Math.min(...places))} ${y}H${round(Math.max(...places))}"/>`
  // pybridge last, so that nothing hides it.
  const order = Object.keys(cells).sort((a, b) => (a === 'pybridge') - (b === 'pybridge'))
  const drawn = order.map((name) => {
    const label = `${contenders[name].title}: ${duration(cells[name].median)}`
    return `<g class="${name}"><title>${escaped(label)}</title>${marks[name].draw(at(cells[name].median), y)}</g>`
  })
  const ratio = best === undefined ? undefined : cells[best].toPybridge
  const times = ratio === undefined ? '' : `${ratio < 10 ? ratio.toFixed(1) : Math.round(ratio)} ×`
  return [text(36, y + 4, title), span, ...drawn, text(width - 24, y + 4, times, 'end')].join('\n')
}

function legend(names) {
  let x = 30
  return names
    .map((name) => {
      const { title } = contenders[name]
      const drawn = `<g class="${name}">${marks[name].draw(x, 74)}</g>\n${text(x + 12, 78, title)}`
      x += 12 + title.length * 6.6 + 26
      return drawn
    })
    .join('\n')
}

function titleOf({ calls = {} }) {
  const ratios = Object.values(calls).flatMap((cells) => cells[bestRival(cells)]?.toPybridge ?? [])
  const middle = ratios.sort((a, b) => a - b)[ratios.length >> 1]
  const typical =
    middle === undefined
      ? ''
      : `: in the middle call, the best rival takes ${middle.toFixed(1)} times as long as pybridge`
  return `Time per operation of pybridge, of other bridges and of a hand-written addon${typical}`
}

function environmentOf({ machine, node, python }) {
  const { cpu, cores, platform } = machine
  return `CPython ${python.version}, Node ${node}, ${cpu}, ${cores} cores, ${platform}; medians; wrong answers are left out`
}

function style() {
  const colours = (which) =>
    Object.entries(marks).map(([name, mark]) => `.${name}{fill:${mark[which]}}`)
  return `<style>
text{font:13px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:#1f2328}
.h{font-size:16px;font-weight:600}.b{font-weight:600}.dim{font-size:12px;fill:#59636e}
.end{text-anchor:end}.middle{text-anchor:middle}
.grid{stroke:#d1d9e0;stroke-width:1;fill:none}.span{stroke:#c3ccd5;stroke-width:2;fill:none}
${colours('light').join('')}
@media (prefers-color-scheme:dark){
text{fill:#e6edf3}.dim{fill:#9198a1}.grid{stroke:#343b44}.span{stroke:#454d57}
${colours('dark').join('')}
}
</style>`
}

const text = (x, y, content, classes) =>
  `<text x="${round(x)}" y="${round(y)}"${classes ? ` class="${classes}"` : ''}>${escaped(content)}</text>`
const circle = (x, y, r) => `<circle cx="${round(x)}" cy="${y}" r="${r}"/>`
const rectangle = (x, y, w, h) =>
  `<rect x="${round(x)}" y="${round(y)}" width="${w}" height="${h}"/>`
const polygon = (x, y, points) =>
  `<polygon points="${points.map(([dx, dy]) => `${round(x + dx)},${round(y + dy)}`).join(' ')}"/>`
const round = (value) => Number(value.toFixed(1))
const escaped = (value) =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
