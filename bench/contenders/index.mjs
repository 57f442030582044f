import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { source, workloads } from '../workloads.mjs'

/** The others are divided by the floor. */
export const contenders = {
  floor: { title: 'floor', missing: ({ floor }) => floor.unable },
  'floor-attached': { title: 'floor, attached', missing: ({ floor }) => floor.unable },
  pybridge: { title: 'pybridge', missing: () => !isBuilt() && 'it is not built: npm run build' },
  python: { title: 'Python → Python', missing: () => undefined },
}

const patience = 120_000

/** One contender, one workload, one new process. */
export function runCell(name, workload, context) {
  const unable = contenders[name].missing(context)
  if (unable) return { unable }
  const { python, floor, effort } = context
  const task = { workload, python: python.executable, addon: floor.addon, effort }
  return name === 'python'
    ? runPython(python.executable, task)
    : runJson(process.execPath, ['--expose-gc', pathOf(`./${name}.mjs`), JSON.stringify(task)])
}

function runPython(executable, task) {
  const { python: loop, answer } = workloads[task.workload]
  const script = pathOf('./python.py')
  const result = runJson(executable, [script, JSON.stringify({ ...task, source, loop })])
  if (result.unable) return result
  const expected = answer(result.iterations)
  return result.answer === expected ? result : { wrong: `${result.answer} instead of ${expected}` }
}

/** Runs a child that prints one line of JSON, last; says why where it does not. */
export function runJson(program, argv) {
  const child = spawnSync(program, argv, { encoding: 'utf8', timeout: patience })
  const unable = failureOf(child)
  if (unable) return { unable }
  try {
    return JSON.parse(child.stdout.trimEnd().split('\n').at(-1))
  } catch {
    return { unable: 'it printed no result' }
  }
}

/** Why a child failed, in one line; undefined if it did not. */
export function failureOf({ error, signal, status, stderr }) {
  if (error?.code === 'ETIMEDOUT') return `it did not end within ${patience / 1000} s`
  if (error) return error.message
  if (signal) return `it ended by ${signal}`
  if (status === 0) return undefined
  const message = stderr.split('\n').find((line) => /^\w*(Error|Exception)\b/.test(line))
  return message ?? `it ended with exit code ${status}`
}

const isBuilt = () => existsSync(pathOf('../../dist/index.js'))
const pathOf = (relative) => fileURLToPath(new URL(relative, import.meta.url))
