import { type Dirent, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readVersions, type Versions } from '../runtime/locate/elf-versions.js'
import type { Located } from '../runtime/locate/index.js'

/** The name by which the loader knows it: it keeps one library a name. */
const NAME = 'libstdc++.so.6'

/** A library that wants what the loaded C++ library lacks. */
export interface Wanting {
  path: string
  versions: string[]
}

/** The C++ library among those that a process has loaded; null where there is none. */
export function cppLibraryOf(libraries: readonly string[]): string | null {
  return libraries.find((path) => path.endsWith(`/${NAME}`)) ?? null
}

export function newest(versions: readonly string[]): string {
  const numbered = versions.filter((version) => /^GLIBCXX_[\d.]+$/.test(version))
  return numbered.sort(compare).at(-1) ?? 'no GLIBCXX'
}

// Text order would put 3.4.9 after 3.4.30.
function compare(a: string, b: string): number {
  return new Intl.Collator('en', { numeric: true }).compare(a, b)
}

/** The files of this Python that the loader would refuse, with what they miss. */
export function wantingIn(located: Located, loaded: string): Wanting[] {
  const offered = new Set(versionsOf(loaded)?.defined)
  return filesOf(located).flatMap((path) => {
    const needed = versionsOf(path)?.needed.find(({ library }) => library === NAME)
    const versions = needed?.versions.filter((version) => !offered.has(version)) ?? []
    return versions.length === 0 ? [] : [{ path, versions }]
  })
}

/** The C++ library of this Python's own prefix that has all that is wanted; null where it has none. */
export function ownCppLibrary({ prefix }: Located, wanting: readonly Wanting[]): string | null {
  const path = join(prefix, 'lib', NAME)
  const offered = versionsOf(path)?.defined ?? []
  const isEnough = wanting.every(({ versions }) => versions.every((each) => offered.includes(each)))
  return isEnough && offered.length > 0 ? path : null
}

function versionsOf(path: string): Versions | null {
  try {
    return readVersions(path)
  } catch {
    return null // it cannot be read, or is damaged: the loader will say so
  }
}

// A whole distribution of scientific packages has some thousand.
const MOST_FILES = 10_000

/** libpython, its neighbours, and the extension modules. */
function filesOf({ library, prefix, venv, version }: Located): string[] {
  const own = [prefix, ...(venv === null ? [] : [venv])].flatMap((folder) =>
    ['lib', 'lib64'].flatMap((name) =>
      namesIn(join(folder, name))
        .filter((each) => each === 'python3' || each.startsWith(`python${version}`))
        .map((each) => join(folder, name, each)),
    ),
  )
  const isSystem = prefix === '/usr' || prefix === '/'
  const beside = isSystem
    ? []
    : namesIn(join(prefix, 'lib'))
        .filter(isLibrary)
        .map((name) => join(prefix, 'lib', name))
  const files = new Set([library, ...beside])
  for (const folder of own) {
    for (const path of librariesUnder(folder)) {
      if (files.size >= MOST_FILES) break
      files.add(path)
    }
  }
  return [...files]
}

function* librariesUnder(folder: string): Generator<string> {
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name)
    if (entry.name === '__pycache__') continue
    if (entry.isDirectory()) yield* librariesUnder(path)
    else if (isLibrary(entry.name)) yield path
  }
}

function isLibrary(name: string): boolean {
  return /\.so(\.\d+)*$/.test(name)
}

function namesIn(folder: string): string[] {
  return entriesOf(folder).map(({ name }) => name)
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}
