import { join, resolve } from 'node:path'
import { nearest } from './nearest.js'
import { type Pin, readPin } from './pin.js'
import { pinned } from './pinned.js'
import { pyenvHome } from './pyenv.js'
import type { Search } from './search.js'
import type { Source } from './source.js'

/**
 * What `.python-version`, here or above, asks for: the file of pyenv and uv. The first of its lines
 * that can be met counts. PYENV_VERSION takes its place, as for pyenv.
 */
export const pythonVersion: Source = {
  name: '.python-version',
  final: true,
  *candidates(search) {
    const pin = pinFor(search)
    for (const request of pin?.requests ?? []) yield* pinned(request, pin?.origin ?? '', search)
  },
  absent(search) {
    const pin = pinFor(search)
    return pin === null
      ? { tried: join(search.cwd, '.python-version'), detail: 'no such file, here or above' }
      : { tried: pin.origin, detail: pin.detail }
  },
}

function pinFor(search: Search): Pin | null {
  const { env, cwd } = search
  const variable = env.PYENV_VERSION
  if (variable && pyenvHome(search) !== null) {
    return { origin: 'PYENV_VERSION', requests: split(variable), detail: 'it names no version' }
  }
  const folders = env.PYENV_DIR ? [resolve(cwd, env.PYENV_DIR), cwd] : [cwd]
  for (const folder of folders) {
    for (const file of nearest('.python-version', folder)) {
      return readPin(file, (text) => text.split('\n').flatMap(read))
    }
  }
  return null
}

// What follows the first word is a remark, unless it goes on a range: '>= 3.11, < 3.14'.
function read(line: string): string[] {
  const text = line.replace(/#.*/, '').trim()
  if (/^[<>=~!]/.test(text)) return [text]
  const [word = ''] = text.split(/\s/)
  return split(word)
}

// pyenv selects several versions by colons. A path of Windows has one too.
function split(text: string): string[] {
  return /^\w:[\\/]/.test(text) ? [text] : text.split(':').filter(Boolean)
}
