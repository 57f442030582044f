import { condaBase } from './conda-prefix.js'
import { managedPythons } from './managed.js'
import type { Wanted } from './range.js'
import { Refusal } from './refusal.js'
import { registry } from './registry.js'
import type { Search } from './search.js'
import { searchPath, versionedOnPath } from './search-path.js'
import type { Candidate } from './source.js'
import { ofConda, ofSystem } from './well-known.js'

/**
 * Every Python that may be of the version that is wanted. A range is a limit and no choice: what
 * `python3` means to the shell comes first, for the packages are likely there (`shell`). A pin is
 * meant for the tool that manages Pythons (`managers`).
 */
export function* pythonsFor(
  wanted: Wanted,
  origin: string,
  order: 'shell' | 'managers',
  search: Search,
): Generator<Candidate> {
  const managed = managedPythons(search).filter(({ version }) => wanted.range.allows(version))
  const ofManagers = managed.map(({ manager, executable }) => ({
    tried: executable,
    origin: `${origin}, among the Pythons of ${manager}`,
    executable: () => executable,
  }))
  const first = order === 'managers' ? ofManagers : ofShell(wanted, search)
  const second = order === 'managers' ? ofShell(wanted, search) : ofManagers
  const seen = new Set<string>()
  for (const candidates of [first, second, elsewhere(search)]) {
    for (const candidate of candidates) {
      if (seen.has(candidate.tried)) continue
      seen.add(candidate.tried)
      yield { ...candidate, wanted }
    }
  }
  if (seen.size === 0) yield none(wanted, origin)
}

function* ofShell(wanted: Wanted, search: Search): Generator<Candidate> {
  yield* condaBase.candidates(search)
  yield* searchPath.candidates(search)
  yield* versionedOnPath(wanted.range, search)
}

function* elsewhere(search: Search): Generator<Candidate> {
  yield* ofSystem(search)
  yield* ofConda(search)
  if (search.host.platform === 'win32') yield* registry.candidates(search)
}

function none({ said, range, advice }: Wanted, origin: string): Candidate {
  return {
    tried: range.text,
    origin,
    executable() {
      throw new Refusal('WRONG_VERSION', `${said}, and there is no Python at all`, advice)
    },
  }
}
