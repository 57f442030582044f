import { bulk } from './bulk.mjs'
import { calls } from './calls.mjs'

/** What is timed, by section. */
export const sections = { calls, bulk }

export const workloads = { ...calls, ...bulk }
