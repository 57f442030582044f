import { dirname, join } from 'node:path'
import { look } from './entry.js'
import { executableIn } from './folder.js'
import type { Source } from './source.js'
import { recreate } from './venv.js'

/** The nearest `.venv`, in the working directory or above. */
export const dotVenv: Source = {
  name: '.venv',
  final: true,
  *candidates(search) {
    const folder = nearest(search.cwd)
    if (folder === null) return
    const executable = () => executableIn(folder, search, recreate(folder))
    yield { tried: folder, origin: folder, executable }
  },
  absent: ({ cwd }) => ({ tried: join(cwd, '.venv'), detail: 'no such folder, here or above' }),
}

// Some tools keep the name of an environment in a file called .venv: it says nothing to us.
function nearest(cwd: string): string | null {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const path = join(folder, '.venv')
    const { kind } = look(path)
    if (kind === 'folder' || kind === 'dangling' || kind === 'unreadable') return path
    if (folder === dirname(folder)) return null
  }
}
