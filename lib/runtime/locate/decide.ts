import { BridgeError } from '../../errors/bridge-error.js'
import type { ErrorCode } from '../../errors/catalogue.js'
import { dotVenv } from './dot-venv.js'
import { checkExecutable } from './entry.js'
import { type Inspected, inspect } from './inspect.js'
import { option } from './option.js'
import { pybridgePython } from './pybridge-python.js'
import { Refusal } from './refusal.js'
import type { Located, Search } from './search.js'
import { searchPath } from './search-path.js'
import type { Candidate, Source } from './source.js'
import { follow } from './stand-in.js'
import type { Step } from './step.js'
import { recreate, venvOf } from './venv.js'
import { virtualEnv } from './virtual-env.js'

/** In order of preference. */
const sources: readonly Source[] = [option, pybridgePython, virtualEnv, dotVenv, searchPath]

/** The first candidate that can be embedded. `steps` is filled even where this throws. */
export function decide(search: Search, steps: Step[]): Located {
  let first: Refusal | undefined
  for (const source of sources) {
    const before = steps.length
    for (const candidate of source.candidates(search)) {
      const step = { source: source.name, tried: candidate.tried }
      try {
        const { detail, ...found } = examine(candidate, search)
        steps.push({ ...step, outcome: 'chosen', detail })
        return { ...found, steps }
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        steps.push({ ...step, outcome: 'rejected', detail: error.detail })
        const detail = `${error.detail} (from ${candidate.origin})`
        if (source.final) throw bridgeError(error.code, detail, error.advice)
        first ??= error
      }
    }
    if (steps.length > before) continue
    steps.push({ source: source.name, outcome: 'absent', ...source.absent(search) })
  }
  const told = `looked at ${steps.map((step) => tell(step, first?.detail)).join('; ')}`
  if (first === undefined) throw bridgeError('PYTHON_NOT_FOUND', told)
  throw bridgeError(first.code, `${first.detail}; ${told}`, first.advice)
}

function examine(candidate: Candidate, search: Search): Inspected & { detail: string } {
  const named = candidate.executable()
  const venv = venvOf(named)
  checkExecutable(named, venv === null ? undefined : recreate(venv.folder))
  const { executable, program, how } = follow(named, search)
  const found = inspect(executable, program, search)
  const what = `it is Python ${found.version}, and its library is ${found.library}`
  return { ...found, detail: how === null ? what : `${how}: ${what}` }
}

function tell({ source, tried, detail }: Step, said: string | undefined): string {
  const where = source === tried ? source : `${source}: ${tried}`
  return `${where} (${detail === said ? 'as said' : detail})`
}

function bridgeError(code: ErrorCode, detail: string, advice?: string): BridgeError {
  return new BridgeError(code, detail, advice === undefined ? undefined : { advice })
}
