import { resolve } from 'node:path'
import { executableIn } from './folder.js'
import type { Search } from './search.js'
import { quoted } from './shell.js'
import type { Source } from './source.js'

/** The active virtual environment. */
export const virtualEnv: Source = {
  name: 'VIRTUAL_ENV',
  final: true,
  *candidates(search) {
    const folder = search.env.VIRTUAL_ENV
    if (!folder) return
    yield { tried: folder, origin: 'VIRTUAL_ENV', executable: () => inActive(folder, search) }
  },
  absent: () => ({ tried: 'VIRTUAL_ENV', detail: 'it is not set' }),
}

// A Conda environment may be active under this name too; it has no pyvenv.cfg, and needs none.
function inActive(name: string, search: Search): string {
  const folder = resolve(search.cwd, name)
  const advice = `run \`deactivate\`, or make it again with \`python3 -m venv ${quoted(folder)}\``
  return executableIn(folder, search, advice)
}
