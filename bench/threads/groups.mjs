import { callbacks } from './callbacks.mjs'
import { contended } from './contended.mjs'
import { idling } from './idle.mjs'
import { interrupts } from './interrupts.mjs'
import { loopDelay } from './loop-delay.mjs'
import { offThread } from './off-thread.mjs'
import { parallel } from './parallel.mjs'

/**
 * Each is a table. The first contender is what the others are divided by; a workload that only some
 * contenders can do names them. It resolves to figures in nanoseconds, by name; a row shows one.
 */
export const groups = { offThread, callbacks, contended, loopDelay, interrupts, parallel, idling }

export function contendersOf({ contenders, workloads }, workload) {
  return workloads[workload].contenders ?? Object.keys(contenders)
}
