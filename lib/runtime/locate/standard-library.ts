import { dirname, join, resolve } from 'node:path'
import { isFile, list } from './entry.js'
import { layoutOf } from './layout.js'
import { Refusal } from './refusal.js'
import type { Search } from './search.js'
import { compareVersions, full, type Version, versionFrom } from './version.js'

/** The nearest folder, at or above `start`, that holds the standard library of this version. */
export function findPrefix(version: Version, start: string, search: Search): string | null {
  for (let folder = start; ; folder = dirname(folder)) {
    if (holdsStandardLibrary(folder, version, search)) return folder
    if (folder === dirname(folder)) return null
  }
}

/** The versions of which something lies beside the folder of an executable, the newest first. */
export function versionsBeside(folder: string, search: Search): Version[] {
  const { folders, name, proof } = layoutOf(search.host).telling
  return folders
    .map((relative) => join(folder, relative))
    .flatMap((place) => list(place).filter((each) => isFile(join(place, each, proof))))
    .map((each) => versionFrom(name.exec(each)))
    .filter((version) => version !== null)
    .sort((a, b) => compareVersions(b, a))
}

/**
 * PYTHONHOME, which takes the place of the prefix. CPython ends the process where it is wrong, so
 * it is checked before anything is loaded.
 */
export function prefixFromHome(version: Version, search: Search): string | null {
  const value = search.env.PYTHONHOME
  if (!value) return null
  const [first = ''] = search.host.platform === 'win32' ? [value] : value.split(':')
  const prefix = resolve(search.cwd, first)
  if (holdsStandardLibrary(prefix, version, search)) return prefix
  const folder = layoutOf(search.host).standardLibraries(version)[0]
  throw new Refusal(
    'BAD_HOME',
    `PYTHONHOME is ${value}, and ${join(prefix, `${folder}/os.py`)} does not exist`,
    `unset PYTHONHOME, or point it at the prefix of Python ${full(version)}`,
  )
}

function holdsStandardLibrary(prefix: string, version: Version, search: Search): boolean {
  return layoutOf(search.host)
    .standardLibraries(version)
    .some((folder) => ['os.py', 'os.pyc'].some((name) => isFile(join(prefix, folder, name))))
}
