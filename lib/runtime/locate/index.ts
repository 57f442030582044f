import { BridgeError } from '../../errors/bridge-error.js'
import { decide } from './decide.js'
import { thisHost } from './host.js'
import type { Located } from './located.js'
import { begin, type LocateOptions } from './search.js'
import type { Step } from './step.js'

export type { Located } from './located.js'
export type { LocateOptions } from './search.js'

/**
 * Finds the Python to embed, in the order of docs/environments.md. What the user plainly named and
 * does not work is an error, never passed over.
 *
 * It reads files, and runs nothing, unless a script that is no shim of pyenv stands in for Python,
 * none of its files tells a patch level that a range asks for, or only the registry of Windows is
 * left.
 *
 * @throws {BridgeError} with a code that says what is wrong with the Python that was wanted.
 */
export function locate(options: LocateOptions = {}): Located {
  return decide(begin(options, thisHost), [])
}

/** The same search, told step by step, whether or not it finds one. */
export function explain(options: LocateOptions = {}): {
  located: Located | null
  steps: Step[]
  problem: BridgeError | null
} {
  const steps: Step[] = []
  try {
    return { located: decide(begin(options, thisHost), steps), steps, problem: null }
  } catch (problem) {
    if (!(problem instanceof BridgeError)) throw problem
    return { located: null, steps, problem }
  }
}
