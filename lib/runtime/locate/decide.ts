import { BridgeError } from '../../errors/bridge-error.js'
import type { ErrorCode } from '../../errors/catalogue.js'
import { condaBase, condaPrefix } from './conda-prefix.js'
import { dotVenv } from './dot-venv.js'
import { checkExecutable } from './entry.js'
import { type Inspected, inspect } from './inspect.js'
import { installPython } from './install-python.js'
import type { Located } from './located.js'
import { option } from './option.js'
import { pipenv } from './pipenv.js'
import { poetry } from './poetry.js'
import { pybridgePython } from './pybridge-python.js'
import { pyproject } from './pyproject.js'
import { pythonVersion } from './python-version.js'
import type { Wanted } from './range.js'
import { Refusal } from './refusal.js'
import { registry } from './registry.js'
import type { Search } from './search.js'
import { searchPath } from './search-path.js'
import type { Candidate, Source } from './source.js'
import { type Followed, follow } from './stand-in.js'
import type { Step } from './step.js'
import { toolVersions } from './tool-versions.js'
import { baseExecutable, recreate, venvOf } from './venv.js'
import { askedFor, versionOption } from './version-option.js'
import { virtualEnv } from './virtual-env.js'
import { wellKnown } from './well-known.js'

/** Steps tell of all; an error names these many more candidates. */
const MOST_TOLD = 4

/** In order of preference. */
const sources: readonly Source[] = [
  option,
  pybridgePython,
  virtualEnv,
  condaPrefix,
  dotVenv,
  poetry,
  pipenv,
  versionOption,
  pythonVersion,
  toolVersions,
  pyproject,
  condaBase,
  searchPath,
  wellKnown,
  registry,
]

/** Those that name an environment of somebody's, which is not asked for where only a base is. */
const environments: readonly Source[] = [virtualEnv, condaPrefix, dotVenv, poetry, pipenv]

function sourcesFor({ base, host }: Search): readonly Source[] {
  return sources.filter(
    (source) =>
      !(base && environments.includes(source)) &&
      (source !== registry || host.platform === 'win32'),
  )
}

/** The first candidate that can be embedded. `steps` is filled even where this throws. */
export function decide(search: Search, steps: Step[]): Located {
  const asked = askedFor(search)
  let first: Refusal | undefined
  for (const source of sourcesFor(search)) {
    const before = steps.length
    const refusals: [Refusal, Candidate][] = []
    for (const candidate of source.candidates(search)) {
      const step = { source: source.name, tried: candidate.tried }
      try {
        const { detail, ...found } = examine(candidate, asked, search)
        steps.push({ ...step, outcome: 'chosen', detail })
        return { ...found, steps }
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        steps.push({ ...step, outcome: 'rejected', detail: error.detail })
        refusals.push([error, candidate])
      }
    }
    if (source.final && refusals.length > 0) throw tellFinal(refusals)
    first ??= telling(refusals)?.[0]
    if (steps.length > before) continue
    steps.push({ source: source.name, outcome: 'absent', ...source.absent(search) })
  }
  const told = tellAll(steps, first?.detail)
  if (first === undefined) throw bridgeError('PYTHON_NOT_FOUND', told, installPython(search))
  throw bridgeError(first.code, `${first.detail}; ${told}`, first.advice)
}

function examine(
  candidate: Candidate,
  asked: readonly Wanted[],
  search: Search,
): Inspected & { detail: string } {
  const named = candidate.executable()
  const venv = venvOf(named)
  checkExecutable(named, venv === null ? undefined : recreate(venv.folder))
  const { executable, program, how } = search.base
    ? followToBase(named, search)
    : follow(named, search)
  const wanted = candidate.wanted === undefined ? asked : [...asked, candidate.wanted]
  const found = inspect(executable, program, wanted, search)
  const what = `it is Python ${found.version}, and its library is ${found.library}`
  return { ...found, detail: how === null ? what : `${how}: ${what}` }
}

/** The Python that an environment was made from, where it is one. */
function followToBase(named: string, search: Search): Followed {
  const followed = follow(named, search)
  const venv = venvOf(followed.executable)
  if (venv === null) return followed
  const executable = baseExecutable(venv, followed.program.path)
  const how = `${followed.executable} is of an environment, and was made from ${executable}`
  return { ...follow(executable, search), how }
}

// A Python of the right version that cannot be embedded says more than all that are of others.
function telling(refusals: [Refusal, Candidate][]): [Refusal, Candidate] | undefined {
  return refusals.find(([{ code }]) => code !== 'WRONG_VERSION') ?? refusals[0]
}

function tellFinal(refusals: [Refusal, Candidate][]): BridgeError {
  const [error, { origin }] = telling(refusals) as [Refusal, Candidate]
  const others = refusals.filter(([other]) => other !== error).map(([, { tried }]) => tried)
  const shown = others.slice(0, MOST_TOLD).join(', ') + (others.length > MOST_TOLD ? ', …' : '')
  const also = others.length === 0 ? '' : `; nor will ${shown} do`
  return bridgeError(error.code, `${error.detail} (from ${origin})${also}`, error.advice)
}

// What is not set and not there is only named: the steps have the words.
function tellAll(steps: readonly Step[], said: string | undefined): string {
  const offers = [searchPath, wellKnown, registry].map(({ name }) => name)
  const isSilent = ({ outcome, source }: Step) => outcome === 'absent' && !offers.includes(source)
  const silent = new Set(steps.filter(isSilent).map(({ source }) => source))
  const spoken = steps.filter((step) => !isSilent(step)).map((step) => tell(step, said))
  const nothing = silent.size === 0 ? '' : `; nothing is named by ${[...silent].join(', ')}`
  return `looked at ${spoken.join('; ')}${nothing}`
}

function tell({ source, tried, detail }: Step, said: string | undefined): string {
  const where = source === tried ? source : `${source}: ${tried}`
  return `${where} (${detail === said ? 'as said' : detail})`
}

function bridgeError(code: ErrorCode, detail: string, advice?: string): BridgeError {
  return new BridgeError(code, detail, advice === undefined ? undefined : { advice })
}
