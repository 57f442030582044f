import { isAbsolute, join } from 'node:path'
import { isFolder } from './entry.js'
import { executableIn } from './folder.js'
import { named } from './named.js'
import { pyenvHome } from './pyenv.js'
import { pythonsFor } from './pythons-for.js'
import { parseRange, wantedFrom } from './range.js'
import { Refusal } from './refusal.js'
import type { Search } from './search.js'
import { searchPath } from './search-path.js'
import type { Candidate } from './source.js'

/**
 * The Pythons for one line of `.python-version` or `.tool-versions`, which may say
 *   - 'system': python3 on PATH, without the shims of pyenv;
 *   - a folder or file, by its full path;
 *   - whatever pyenv has under that name: a version, a virtual environment, a Conda;
 *   - a version or a range, as pyenv and uv write them: '3.12', '3.13t', 'cpython-3.12', '>=3.11'.
 */
export function* pinned(request: string, origin: string, search: Search): Generator<Candidate> {
  if (request === 'system') return yield* withoutShims(search)
  if (isAbsolute(request)) {
    return yield { tried: request, origin, executable: () => named(request, search) }
  }
  const held = heldByPyenv(request, search)
  if (held !== null) {
    return yield { tried: held, origin, executable: () => executableIn(held, search) }
  }
  const range = parseRange(versionIn(request))
  if (range === null) return yield refused(request, origin)
  const wanted = wantedFrom(range, `${origin} asks for ${request}`)
  yield* pythonsFor(wanted, origin, 'managers', search)
}

/** The version in 'cpython-3.12.7-linux-x86_64-gnu', 'python@3.12', '312' and '3.13+freethreaded'. */
function versionIn(request: string): string {
  return request
    .replace(/^(cpython|python|cp)[-@]?(?=[\d<>=~!])/i, '')
    .replace(/^(\d)(\d+)$/, '$1.$2')
    .replace(/\+?freethreaded/, 't')
    .replace(/\+debug/, 'd')
    .replace(/^(\d[\d.]*(?:(?:a|b|rc)\d+)?[td]*)-[a-z]\w*-.*$/, '$1')
}

// Only one folder deep, or as pyenv-virtualenv names its own: '3.12.4/envs/mine'.
function heldByPyenv(name: string, search: Search): string | null {
  const root = pyenvHome(search)
  if (root === null || !/^[\w.+-]+(\/envs\/[\w.+-]+)?$/.test(name) || name.startsWith('.'))
    return null
  const folder = join(root, 'versions', name)
  return isFolder(folder) ? folder : null
}

function* withoutShims(search: Search): Generator<Candidate> {
  const root = pyenvHome(search)
  const shims = root === null ? '' : join(root, 'shims')
  for (const candidate of searchPath.candidates(search)) {
    if (root === null || !candidate.tried.startsWith(shims)) yield candidate
  }
}

function refused(request: string, origin: string): Candidate {
  const isOther = /^(pypy|graalpy|jython|ironpython|micropython|stackless|pyston|pyodide|pp|gp)/i
  const what = isOther.test(request)
    ? `${request} is not CPython, which alone can be embedded`
    : `${request} is neither a version nor an environment of pyenv`
  return {
    tried: request,
    origin,
    executable() {
      throw new Refusal('WRONG_VERSION', what, 'ask for a version of CPython, such as 3.12')
    },
  }
}
