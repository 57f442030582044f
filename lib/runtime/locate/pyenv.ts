import { readFileSync } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { isExecutable, isFile, isFolder, list } from './entry.js'
import { Refusal } from './refusal.js'
import type { Search } from './search.js'
import { commandOnPath, foldersOnPath } from './search-path.js'

/** The root of pyenv, where there is one. */
export function pyenvHome(search: Search): string | null {
  const { env, home, host } = search
  const own = host.platform === 'win32' ? '.pyenv/pyenv-win' : '.pyenv'
  const shims = foldersOnPath(search).filter((folder) => basename(folder) === 'shims')
  const roots = [env.PYENV_ROOT || env.PYENV, ...shims.map(dirname), join(home, own)]
  return roots.find((root) => root && isFolder(join(root, 'versions'))) ?? null
}

/** The root of pyenv, if the script is one of its shims. */
export function pyenvRoot(script: string, text: string): string | null {
  if (!/\bpyenv"? exec\b/.test(text)) return null
  return /^export PYENV_ROOT="(.+)"$/m.exec(text)?.[1] ?? dirname(dirname(script))
}

/**
 * What pyenv would run, by its own rules:
 *   1. The versions are those of PYENV_VERSION, of the nearest .python-version, or of the root's
 *      file `version`; else the system's.
 *   2. The first of them that has the command wins; one that is not installed is passed over.
 *   3. The system, that is PATH without the shims, comes last.
 */
export function followPyenv(shim: string, root: string, search: Search) {
  const command = basename(shim)
  const { versions, origin } = selected(root, search)
  for (const name of [...versions, 'system']) {
    const executable = find(name, command, root, shim, search)
    if (executable === null) continue
    return { executable, how: `${shim} is a shim of pyenv, which selects ${name} (${origin})` }
  }
  const wanted = `${versions.join(', ') || 'system'} (${origin})`
  const detail = `${shim} is a shim of pyenv, and no selected version has ${command}: ${wanted}`
  const holders = list(join(root, 'versions')).filter((version) =>
    isExecutable(join(root, 'versions', version, 'bin', command)),
  )
  const advice =
    holders.length === 0
      ? 'install a version with `pyenv install`'
      : `select a version that has it with \`pyenv local\`: ${holders.join(', ')}`
  throw new Refusal('PYTHON_INVALID', detail, advice)
}

function find(name: string, command: string, root: string, shim: string, search: Search) {
  if (name === 'system') {
    return commandOnPath(command, search, [join(root, 'shims'), dirname(shim)])
  }
  const version = installed(name, join(root, 'versions'))
  if (version === null) return null
  const executable = join(root, 'versions', version, 'bin', command)
  return isExecutable(executable) ? executable : null
}

function selected(root: string, { env, cwd }: Search): { versions: string[]; origin: string } {
  const variable = env.PYENV_VERSION
  if (variable) return { versions: split(variable), origin: 'set by PYENV_VERSION' }
  const file =
    versionFile(resolve(cwd, env.PYENV_DIR || '.')) ?? versionFile(cwd) ?? join(root, 'version')
  return { versions: readVersions(file, root), origin: `set by ${file}` }
}

function versionFile(start: string): string | null {
  for (let folder = start; ; folder = dirname(folder)) {
    const file = join(folder, '.python-version')
    if (isFile(file)) return file
    if (folder === dirname(folder)) return null
  }
}

// One version a line, the first word of it. A name must not lead out of the folder of versions.
function readVersions(file: string, root: string): string[] {
  if (!isFile(file)) return []
  const home = join(root, 'versions') + sep
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s/)[0] ?? '')
    .filter((name) => name !== '' && !name.startsWith('#') && join(home, name).startsWith(home))
    .flatMap(split)
}

function split(versions: string): string[] {
  return versions.split(':').filter(Boolean)
}

function installed(name: string, folder: string): string | null {
  const bare = name.replace(/^python-/, '')
  for (const exact of [name, bare]) if (isFolder(join(folder, exact))) return exact
  return latest(name, folder) ?? latest(bare, folder)
}

// '3.12' stands for the newest 3.12.x; '3.13t' for the newest free-threaded 3.13.x.
function latest(name: string, folder: string): string | null {
  const threaded = /[0-9]t$/.test(name)
  const prefix = threaded ? name.slice(0, -1) : name
  const matches = list(folder).filter(
    (version) =>
      version.startsWith(prefix) &&
      /^[-.]/.test(version.slice(prefix.length)) &&
      version.endsWith('t') === threaded &&
      !/(-dev|-src|-latest|(a|b|rc)[0-9]+)$/.test(version) &&
      isFolder(join(folder, version)),
  )
  return matches.sort(newestFirst)[0] ?? null
}

function newestFirst(a: string, b: string): number {
  const left = a.split(/[-.]/)
  const right = b.split(/[-.]/)
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = number(right[index]) - number(left[index])
    if (difference !== 0) return difference
  }
  return 0
}

function number(part: string | undefined): number {
  return Number.parseInt(part ?? '', 10) || 0
}
