import { readFileSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { isFile, look } from './entry.js'
import { executableIn } from './folder.js'
import { nearest } from './nearest.js'
import { hashOf } from './poetry.js'
import type { Search } from './search.js'
import type { Source } from './source.js'
import { dataHome } from './user-folders.js'
import { recreate } from './venv.js'

/**
 * The environment that pipenv made for the nearest Pipfile: `<folder>-<hash of the Pipfile's path>`
 * in WORKON_HOME, or what a file called `.venv` names. (A folder of that name comes earlier.)
 */
export const pipenv: Source = {
  name: 'pipenv',
  final: true,
  *candidates(search) {
    const pipfile = pipfileOf(search)
    const folder = pipfile && environmentOf(pipfile, search)
    if (!folder || look(folder).kind === 'absent') return
    const advice = `run \`pipenv --rm\` and \`pipenv install\`, or ${recreate(folder)}`
    const executable = () => executableIn(folder, search, advice)
    yield { tried: folder, origin: 'pipenv', executable }
  },
  absent(search) {
    const pipfile = pipfileOf(search)
    if (pipfile === null) return { tried: 'pipenv', detail: 'there is no Pipfile' }
    return { tried: pipfile, detail: `pipenv has not made ${environmentOf(pipfile, search)}` }
  },
}

function pipfileOf({ env, cwd }: Search): string | null {
  if (env.PIPENV_PIPFILE) return resolve(cwd, env.PIPENV_PIPFILE)
  for (const file of nearest('Pipfile', cwd)) return file
  return null
}

function environmentOf(pipfile: string, search: Search): string {
  const { env, home, host } = search
  const project = dirname(pipfile)
  const own =
    host.platform === 'win32' ? join(home, '.virtualenvs') : join(dataHome(search), 'virtualenvs')
  const all = (env.WORKON_HOME || own).replace(/^~(?=[\\/]|$)/, () => home)
  const note = join(project, '.venv')
  const noted = isFile(note) ? textOf(note).trim() : ''
  if (/[\\/]/.test(noted)) return resolve(project, noted)
  return join(all, noted || env.PIPENV_CUSTOM_VENV_NAME || nameFor(pipfile, search))
}

function nameFor(pipfile: string, { env }: Search): string {
  const folder = basename(dirname(pipfile))
  const name = folder.replace(/[ &$`!*@"()[\]\\\r\n\t]/g, '_').slice(0, 42)
  const python = env.PIPENV_PYTHON
  const suffix = python ? `-${isAbsolute(python) ? basename(python) : python}` : ''
  return `${name}-${hashOf(pipfile).slice(0, 8)}${suffix}`
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // as if it were not there
  }
}
