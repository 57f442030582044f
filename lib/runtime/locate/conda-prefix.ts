import { basename, join, resolve } from 'node:path'
import { isFile, look } from './entry.js'
import { executableIn } from './folder.js'
import { layoutOf } from './layout.js'
import type { Search } from './search.js'
import type { Candidate, Source } from './source.js'

// What several tools decide, and we do:
//   1. A virtual environment that is active inside a Conda environment wins: it was made with that
//      Conda's Python, and its activation came later. (uv, Poetry, reticulate)
//   2. An active environment wins over a project's .venv, for somebody activated it. (uv)
//   3. Not so `base`, which most shells activate at their start: nobody chose it. It counts as a
//      part of the system, just before PATH. (uv, Poetry; VS Code puts it last)
//   4. An environment without Python, which Conda makes for other languages, says nothing.

/** The active environment of conda, mamba, micromamba or pixi. */
export const condaPrefix: Source = {
  name: 'CONDA_PREFIX',
  final: true,
  *candidates(search) {
    const folder = prefixOf(search)
    if (folder !== null && !isBase(folder, search)) yield* candidate(folder, search)
  },
  absent(search) {
    const folder = prefixOf(search)
    if (folder === null) return { tried: 'CONDA_PREFIX', detail: 'it is not set' }
    const detail = isBase(folder, search)
      ? 'it is the base environment, which is part of the system: its turn comes before PATH'
      : 'this environment has no Python'
    return { tried: folder, detail }
  },
}

/** The base environment, where it is active. */
export const condaBase: Source = {
  name: 'CONDA_PREFIX',
  final: false,
  *candidates(search) {
    const folder = prefixOf(search)
    if (folder !== null && isBase(folder, search)) yield* candidate(folder, search)
  },
  absent: () => ({ tried: 'CONDA_PREFIX', detail: 'no base environment is active' }),
}

function* candidate(folder: string, search: Search): Generator<Candidate> {
  const isThere = look(folder).kind === 'folder'
  const { inPrefix } = layoutOf(search.host)
  const hasPython = inPrefix.some((name) => look(join(folder, name)).kind !== 'absent')
  if (isThere && !hasPython) return
  const advice = 'run `conda deactivate`, or make the environment again'
  const executable = () => executableIn(folder, search, advice)
  yield { tried: folder, origin: 'CONDA_PREFIX', executable }
}

function prefixOf({ env, cwd }: Search): string | null {
  return env.CONDA_PREFIX ? resolve(cwd, env.CONDA_PREFIX) : null
}

// The rule of uv. CONDA_DEFAULT_ENV is the name of the active environment, or its path where it has
// no name. The folder of an environment with a name is called by it, but that of `base` is not.
function isBase(folder: string, { env, cwd }: Search): boolean {
  if (isFile(join(folder, 'conda-meta/pixi'))) return false
  const root = env._CONDA_ROOT
  if (root && resolve(cwd, root) === folder) return true
  const name = env.CONDA_DEFAULT_ENV
  if (!name || resolve(cwd, name) === folder) return false
  return basename(folder) !== name
}
