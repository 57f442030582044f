import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { contenders as all, failureOf, rivals as rivalNames, runJson } from './contenders/index.mjs'
import { quiet, summarise } from './measure.mjs'

/**
 * New processes only, interleaved. Milliseconds: the whole life of a process where nothing inside
 * it could be asked, otherwise what its own clock says. Differences and ratios are those of the quiet
 * quarters: the machine is faster in one second than in the next.
 */
export function measureStartUp(contenders, { python, floor, rivals, effort }) {
  const contending = rivalNames.filter((name) => contenders.includes(name))
  const runs = {
    node: () => wall(process.execPath, '-e', '0'),
    python: () => wall(python.executable, '-c', 'pass'),
    empty: () => wall(process.execPath, script('empty')),
    ...(contenders.includes('floor') && {
      floor: () => inside('floor', floor.addon, python.executable),
    }),
    ...(contenders.includes('pybridge') && {
      import: () => wall(process.execPath, script('import')),
      pybridge: () => inside('pybridge', python.executable),
    }),
    ...Object.fromEntries(contending.map((name) => [name, () => first(name, python, rivals)])),
  }
  const failed = {}
  for (const name of Object.keys(runs)) {
    const unable = all[name === 'import' ? 'pybridge' : name]?.missing({ floor, rivals })
    if (unable) failed[name] = { unable }
  }

  const samples = {}
  for (let i = 0; i < effort.startUps; i++) {
    for (const [name, run] of Object.entries(runs)) {
      if (failed[name]) continue
      const result = run()
      if (result.unable || result.wrong) failed[name] = result
      samples[name] ??= {}
      for (const [part, value] of Object.entries(result)) {
        if (typeof value !== 'number') continue
        samples[name][part] ??= []
        samples[name][part].push(value)
      }
    }
  }
  return rows(samples, failed, contending)
}

function rows(samples, failed, contending) {
  const row = (title, name, part, ...bases) => {
    if (failed[name]) return { title, of: name === 'import' ? 'pybridge' : name, ...failed[name] }
    if (!samples[name]) return undefined
    const own = samples[name][part]
    const over = bases
      .filter(([base]) => samples[base] && !failed[base])
      .map(([base, basePart, baseTitle]) => {
        return { title: baseTitle, milliseconds: quiet(own) - quiet(samples[base][basePart]) }
      })
    return { title, ...summarise(own), over }
  }
  const rivalRow = (name) => {
    const own = row(`${all[name].title}: both`, name, 'total')
    const base = samples.pybridge?.total
    if (own === undefined || failed[name] || base === undefined || failed.pybridge) return own
    return { ...own, toPybridge: quiet(samples[name].total) / quiet(base) }
  }
  const overNode = ['node', 'wall', '`node -e 0`']
  return [
    row('`node -e 0`', 'node', 'wall'),
    row('`python3 -c pass`', 'python', 'wall'),
    row('an empty ES module', 'empty', 'wall', overNode),
    row('`import pybridge`, unused', 'import', 'wall', overNode, [
      'empty',
      'wall',
      'an empty ES module',
    ]),
    row('floor: load the library', 'floor', 'load'),
    row('floor: initialise Python', 'floor', 'start'),
    row('floor: both', 'floor', 'total'),
    row('pybridge: import', 'pybridge', 'import'),
    row("pybridge: start and first `eval('1')`", 'pybridge', 'first', ['floor', 'total', 'floor']),
    row('pybridge: both', 'pybridge', 'total', ['floor', 'total', 'floor']),
    row('pybridge: from process start to the answer', 'pybridge', 'sinceProcessStart'),
    ...contending.map((name) => rivalRow(name)),
  ].filter(Boolean)
}

function wall(program, ...argv) {
  const begin = performance.now()
  const child = spawnSync(program, argv, { encoding: 'utf8' })
  const elapsed = performance.now() - begin
  const unable = failureOf(child)
  return unable ? { unable } : { wall: elapsed }
}

function first(name, python, { folder = '', env } = {}) {
  const argv = [script('rival'), name, folder, python.executable]
  return runJson(process.execPath, argv, { env: { ...process.env, ...env } })
}

export const inside = (name, ...argv) => runJson(process.execPath, [script(name), ...argv])
const script = (name) => fileURLToPath(new URL(`./start-up/${name}.mjs`, import.meta.url))
