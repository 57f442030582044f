// The grid, thinned: every Python on the machine's Node, every runtime on one Python.
import { pythonNames } from './pythons.mjs'
import { runtimeNames } from './runtimes.mjs'

const onePython = '3.11'

export const cells = [
  ...pythonNames.map((python) => ({ python, runtime: 'node' })),
  ...runtimeNames.slice(1).map((runtime) => ({ python: onePython, runtime })),
]

export const nameOf = ({ python, runtime }) => `python=${python},runtime=${runtime}`

/**
 * `python=3.13,runtime=bun` is one cell, also outside the thinned grid; `runtime=bun` is those of the
 * grid. Several are separated by `+`: `runtime=bun+deno`. Throws what to do about a wrong name.
 */
export function chosen(only) {
  const wanted = {}
  for (const part of only.split(',').filter(Boolean)) {
    const [axis, names = ''] = part.split('=')
    const known = { python: pythonNames, runtime: runtimeNames }[axis]
    if (known === undefined) throw new Error(`--only takes python=… and runtime=…, not ${part}`)
    wanted[axis] = names.split('+')
    for (const name of wanted[axis]) {
      if (!known.includes(name))
        throw new Error(`${axis} is one of ${known.join(', ')}; not ${name}`)
    }
  }
  const { python, runtime } = wanted
  if (python !== undefined && runtime !== undefined) {
    return python.flatMap((one) => runtime.map((other) => ({ python: one, runtime: other })))
  }
  return cells.filter(
    (cell) => (python?.includes(cell.python) ?? true) && (runtime?.includes(cell.runtime) ?? true),
  )
}

/** So many cells, others on every day, from both axes in turn. */
export function today(count, day) {
  const pythons = cells.filter(({ runtime }) => runtime === 'node')
  const runtimes = cells.filter(({ runtime }) => runtime !== 'node')
  return Array.from({ length: count }, (_, i) => {
    const from = i % 2 === 0 ? runtimes : pythons
    return from[(day * Math.ceil(count / 2) + Math.floor(i / 2)) % from.length]
  })
}
