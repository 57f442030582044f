import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { subject } from '../subject.mjs'
import { sections, workloads } from '../workloads/index.mjs'

const rival = (title, packageName) => ({
  title,
  rival: true,
  packageName,
  missing: ({ rivals }) => rivals?.unable[packageName],
})

/** The floor first: the others are divided by it. `measures` where a contender has not everything. */
export const contenders = {
  floor: { title: 'floor', missing: ({ floor }) => floor.unable },
  'floor-attached': {
    title: 'floor, attached',
    missing: ({ floor }) => floor.unable,
    measures: (workload) => workload in sections.calls,
  },
  pybridge: { title: 'pybridge', missing: () => !isBuilt() && 'it is not built: npm run build' },
  python: {
    title: 'Python → Python',
    missing: () => undefined,
    measures: (workload) => workloads[workload].python !== undefined,
  },
  'node-calls-python': rival('node-calls-python', 'node-calls-python'),
  pymport: rival('pymport', 'pymport'),
  pyodide: rival('Pyodide', 'pyodide'),
  jspybridge: rival('pythonia', 'pythonia'),
  'json-lines': rival('child process, JSON'),
}

export const rivals = Object.keys(contenders).filter((name) => contenders[name].rival)

export const measures = (name, workload) => contenders[name].measures?.(workload) ?? true

/** Of the packages that those contenders are. */
export function versionsOf(names, all, { versions } = { versions: {} }) {
  const packages = names.map((name) => all[name].packageName)
  return Object.fromEntries(Object.entries(versions).filter(([name]) => packages.includes(name)))
}

/** In milliseconds. */
const patience = 120_000

/** One contender, one workload, one new process. */
export function runCell(name, workload, context) {
  const unable = contenders[name].missing(context)
  if (unable) return { unable }
  if (name === 'python') return runPython(workload, context)
  return runJson(...command(name, { workload }, context))
}

/** The program, its arguments and its options for `spawn`. */
export function command(name, task, { python, floor, rivals, effort }) {
  const whole = {
    ...task,
    effort,
    python: python.executable,
    addons: floor?.addons,
    rivals: rivals?.folder,
  }
  const env = contenders[name].rival ? { ...process.env, ...rivals?.env } : process.env
  const script = pathOf(`./${name}.mjs`)
  return [
    process.execPath,
    ['--expose-gc', script, JSON.stringify(whole)],
    { env, timeout: 60_000 },
  ]
}

function runPython(workload, { python, effort }) {
  const { python: loop, answer } = workloads[workload]
  const task = { source: readFileSync(subject, 'utf8'), loop, effort }
  const result = runJson(python.executable, [pathOf('./python.py'), JSON.stringify(task)])
  if (result.unable) return result
  const expected = answer(result.iterations)
  return result.answer === expected ? result : { wrong: `${result.answer} instead of ${expected}` }
}

/** Runs a child that prints one line of JSON, last; says why where it does not. */
export function runJson(program, argv, options) {
  const { unable, results } = runLines(program, argv, options)
  return unable ? { unable } : (results.at(-1) ?? { unable: 'it printed no result' })
}

/** Runs a child that prints lines of JSON among others; with why it failed, where it did. */
export function runLines(program, argv, options) {
  const all = { encoding: 'utf8', timeout: patience, maxBuffer: 2 ** 26, ...options }
  const child = spawnSync(program, argv, all)
  const lines = (child.stdout ?? '').split('\n').filter((line) => line.startsWith('{'))
  return { unable: failureOf(child, all.timeout), results: lines.flatMap(parsed) }
}

function parsed(line) {
  try {
    return [JSON.parse(line)]
  } catch {
    return [] // the program's own, or cut off by its end
  }
}

/** Why a child failed, in one line; undefined if it did not. */
export function failureOf({ error, signal, status, stderr }, timeout = patience) {
  if (error?.code === 'ETIMEDOUT') return `it did not end within ${timeout / 1000} s`
  if (error) return error.message
  if (signal) return `it ended by ${signal}`
  if (status === 0) return undefined
  const message = stderr.split('\n').find((line) => /^\w*(Error|Exception)\b/.test(line))
  return message ?? `it ended with exit code ${status}`
}

const isBuilt = () => existsSync(pathOf('../../dist/index.js'))
const pathOf = (relative) => fileURLToPath(new URL(relative, import.meta.url))
