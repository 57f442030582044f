import { join, resolve } from 'node:path'
import { architectureOf, fits } from './architecture.js'
import { type Header, headerIn, type Links, linksIn } from './elf.js'
import { isFile } from './entry.js'
import { isSystemPrefix, layoutOf } from './layout.js'
import { libcOf } from './libc.js'
import { missingLibrary } from './missing-library.js'
import { type Page, withPage } from './page.js'
import { isDenied, noPermission } from './permission.js'
import { Refusal } from './refusal.js'
import type { Search } from './search.js'
import type { Version } from './version.js'

/** What is known of a Python before its library is found. */
export interface Interpreter {
  /** The real executable, links followed. */
  executable: string
  version: Version
  prefix: string
  /** The library that the executable is linked with; null where it is linked statically. */
  needed: string | null
  /** Absolute folders that the executable tells the loader to search. */
  runpath: string[]
}

export function findLibrary(python: Interpreter, search: Search): string {
  const names =
    python.needed === null ? layoutOf(search.host).libraryNames(python.version) : [python.needed]
  const folders = foldersFor(python, search)
  let foreign: Refusal | null = null
  for (const path of folders.flatMap((folder) => names.map((name) => resolve(folder, name)))) {
    if (!isFile(path)) continue
    if (!layoutOf(search.host).elf) return path
    const refusal = judge(path, search)
    if (refusal === null) return path
    foreign ??= refusal === 'nothing' ? null : refusal
  }
  throw foreign ?? missingLibrary(python, folders, search)
}

/** Why this Node cannot load a file; null where it can, and 'nothing' where it is no library. */
function judge(path: string, search: Search): Refusal | 'nothing' | null {
  try {
    return withPage(path, (page) => {
      const header = headerIn(page)
      if (header === null) return 'nothing'
      return unfit(path, soundLinks(page) ?? { header, interpreter: null, needed: [] }, search)
    })
  } catch (error) {
    // Passed over, as the loader does; but where nothing else is found, that it is closed is told.
    return isDenied(error) ? noPermission(path, 'read') : 'nothing'
  }
}

/** Null where the file is damaged, which the start will tell. */
function soundLinks(page: Page): Links | null {
  try {
    return linksIn(page)
  } catch {
    return null
  }
}

/** Why a program or library is not for this Node. */
export function unfit(path: string, links: Omit<Links, 'runpath'>, search: Search): Refusal | null {
  if (!fits(links.header, search.host)) return wrongArchitecture(path, links.header, search)
  const theirs = libcOf(links)
  const ours = search.host.libc
  if (theirs === null || ours === null || theirs === ours) return null
  const detail = `${path} is linked with ${theirs}, and this Node with ${ours}`
  return new Refusal('WRONG_LIBC', detail)
}

function wrongArchitecture(path: string, header: Header, search: Search): Refusal {
  const detail = `${path} is for ${architectureOf(header)}, and this Node is ${search.host.arch}`
  return new Refusal('WRONG_ARCHITECTURE', detail)
}

// The system's folders hold the libraries of the system's own Pythons. To give one of them to a
// static build from elsewhere would pair it with the standard library of another release.
function foldersFor({ prefix, runpath, needed }: Interpreter, search: Search): string[] {
  const { env, host } = search
  const layout = layoutOf(host)
  const own = layout.libraryFolders(host).map((folder) => join(prefix, folder))
  const variable = (layout.elf && env.LD_LIBRARY_PATH) || ''
  const asked = variable.split(/[:;]/).filter(Boolean)
  const mayShare = needed !== null || isSystemPrefix(prefix, host)
  const system = mayShare ? layout.systemFolders(host) : []
  return [
    ...new Set([...runpath, ...own, ...asked.map((each) => resolve(search.cwd, each)), ...system]),
  ]
}
