import { basename, dirname, join } from 'node:path'
import { isFolder, list } from './entry.js'
import { isSystemPrefix, layoutOf } from './layout.js'
import type { Interpreter } from './library.js'
import { Refusal } from './refusal.js'
import type { Search } from './search.js'
import { systemAdvice } from './system-advice.js'
import { short } from './version.js'

/** Why there is no library to load, and what would bring one. */
export function missingLibrary(python: Interpreter, folders: string[], search: Search): Refusal {
  const { executable, needed, version } = python
  const archive = needed === null ? archiveOf(python, search) : null
  if (archive !== null) {
    const detail = `${executable} is linked statically, and there is only ${archive}`
    return new Refusal('LIBRARY_STATIC', detail, pyenvAdvice(python))
  }
  const name = needed ?? layoutOf(search.host).libraryNames(version)[0]
  const detail = `${executable} needs ${name}, which is in none of ${folders.join(', ')}`
  return new Refusal('LIBRARY_NOT_FOUND', detail, advise(python, search))
}

function advise(python: Interpreter, search: Search): string | undefined {
  const ofPyenv = pyenvAdvice(python)
  if (ofPyenv !== undefined) return ofPyenv
  const systemHelps = python.needed !== null || isSystemPrefix(python.prefix, search.host)
  if (systemHelps) return systemAdvice(python, search)
  return 'use another Python, or build this one with --enable-shared'
}

function archiveOf({ prefix, version }: Interpreter, { host }: Search): string | null {
  const layout = layoutOf(host)
  const folders = layout.libraryFolders(host).map((folder) => join(prefix, folder))
  for (const standard of layout.standardLibraries(version)) {
    const names = list(join(prefix, standard)).filter((name) => name.startsWith('config-'))
    folders.push(...names.map((name) => join(prefix, standard, name)))
  }
  const pattern = new RegExp(`^libpython${short(version).replace('.', '\\.')}[a-z]*\\.a$`)
  for (const folder of folders) {
    const archive = list(folder).find((name) => pattern.test(name))
    if (archive !== undefined) return join(folder, archive)
  }
  return null
}

function pyenvAdvice({ prefix }: Interpreter): string | undefined {
  const versions = dirname(prefix)
  const isPyenv = basename(versions) === 'versions' && isFolder(join(dirname(versions), 'shims'))
  if (!isPyenv) return undefined
  const command = `PYTHON_CONFIGURE_OPTS=--enable-shared pyenv install --force ${basename(prefix)}`
  return `build it with a shared library: \`${command}\``
}
