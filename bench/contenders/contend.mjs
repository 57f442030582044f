import { createRequire } from 'node:module'
import { join } from 'node:path'
import { measure, measureGrowth } from '../measure.mjs'
import { same } from '../workloads/calls.mjs'
import { workloads } from '../workloads/index.mjs'
import { carry } from '../workloads/values.mjs'

/**
 * The whole life of a JavaScript contender: one process, one task, its results as JSON lines. Ends
 * the process, for what a rival may have left running.
 *
 * @param open starts Python, runs the subject in it, and returns what the workloads use, by name.
 * @param waits whether it answers by promises.
 */
export async function contend(open, { waits = false } = {}) {
  const task = JSON.parse(process.argv[2])
  await attempt(task, open, waits)
  process.exit()
}

async function attempt(task, open, waits) {
  const { workload, effort } = task
  try {
    const opened = await open({ ...task, requireRival: rivalsOf(task) })
    if (task.values) return await carry(opened, task.values, print)
    const chosen = { ...workloads, same }[workload]
    const missing = chosen.uses.find((name) => !(name in opened) && !brought(chosen, name))
    if (missing) return print({ unable: 'it has nothing of the kind' })
    const how = effort.operations ? measureGrowth : measure
    print(await how(chosen, opened, { ...effort, waits }))
  } catch (error) {
    print({ unable: error.message })
  }
}

const rivalsOf = ({ rivals }) => rivals && createRequire(join(rivals, 'package.json'))
const brought = ({ given }, name) =>
  ['increment', 'said'].includes(name) || (given !== undefined && name === 'values')

function print(result) {
  process.stdout.write(`${JSON.stringify(result)}\n`)
}
