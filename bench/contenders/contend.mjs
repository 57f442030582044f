import { measure, measureGrowth } from '../measure.mjs'
import { proxies, source, workloads } from '../workloads.mjs'

/**
 * The whole life of a JavaScript contender: one process, one workload, one line of JSON.
 *
 * @param open starts Python, runs the source in it, and returns what the workloads use, by name.
 */
export async function contend(open) {
  const task = JSON.parse(process.argv[2])
  console.log(JSON.stringify(await attempt(task, open)))
}

async function attempt({ workload, python, addon, effort }, open) {
  try {
    const subject = await open({ python, addon, source })
    const chosen = { ...workloads, ...proxies }[workload]
    return await (effort.operations ? measureGrowth : measure)(chosen, subject, effort)
  } catch (error) {
    return { unable: error.message }
  }
}
