import { resolve } from 'node:path'
import { checkFolder } from './entry.js'
import { executableInVenv } from './folder.js'
import { named } from './named.js'
import { Refusal } from './refusal.js'
import type { Search } from './search.js'
import type { Source } from './source.js'
import { isVenv } from './venv.js'

/** The options `python` and `venv`. */
export const option: Source = {
  name: 'option',
  final: true,
  *candidates(search) {
    const { python, venv } = search
    if (python !== undefined && venv !== undefined) {
      const origin = 'the options python and venv'
      yield { tried: `${python}, ${venv}`, origin, executable: refuseBoth }
    } else if (python !== undefined) {
      const origin = 'the option python'
      yield { tried: python, origin, executable: () => named(python, search) }
    } else if (venv !== undefined) {
      const origin = 'the option venv'
      yield { tried: venv, origin, executable: () => inVenv(venv, search) }
    }
  },
  absent: () => ({ tried: 'option', detail: 'neither python nor venv is given' }),
}

function inVenv(name: string, search: Search): string {
  if (name === '') throw new Refusal('INVALID_ARGUMENT', 'the folder is empty')
  const folder = resolve(search.cwd, name)
  checkFolder(folder)
  if (isVenv(folder)) return executableInVenv(folder, search)
  const detail = `${folder} is not a virtual environment: it has no pyvenv.cfg`
  throw new Refusal('PYTHON_INVALID', detail, 'name it with the option python instead')
}

function refuseBoth(): never {
  const advice = 'give one of them: a virtual environment knows its Python'
  throw new Refusal('INVALID_ARGUMENT', 'both are given', advice)
}
