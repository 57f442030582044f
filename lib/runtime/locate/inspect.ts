import { realpathSync } from 'node:fs'
import { basename, dirname, relative, resolve } from 'node:path'
import { layoutOf } from './layout.js'
import { findLibrary, unfit } from './library.js'
import type { Located } from './located.js'
import { withPatch } from './patch-level.js'
import { type Program, readProgram } from './program.js'
import { misfit, type Wanted } from './range.js'
import { Refusal } from './refusal.js'
import type { Search } from './search.js'
import { askPatch } from './stand-in.js'
import { findPrefix, prefixFromHome, versionsBeside } from './standard-library.js'
import { baseExecutable, type Venv, venvOf } from './venv.js'
import type { Version } from './version.js'
import { checkSupported, short, versionOfExecutable, versionOfLibrary } from './version.js'

export type Inspected = Omit<Located, 'steps'>

/**
 * Reads from its files what an executable is; refuses one that cannot be embedded, or is not of a
 * version that is wanted.
 */
export function inspect(
  executable: string,
  program: Program,
  wanted: readonly Wanted[],
  search: Search,
): Inspected {
  const venv = venvOf(executable)
  const { path, links } = checkBinary(venv === null ? program : base(program, venv), search)
  const needed = links?.needed.find((name) => versionOfLibrary(name) !== null) ?? null
  const version = versionOf(path, needed, venv, search)
  checkSupported(version, executable)
  const folder = dirname(path)
  const found = findPrefix(version, folder, search)
  const prefix = found ?? (venv && findPrefix(version, venv.home, search)) ?? dirname(folder)
  checkWanted({ executable, version, prefix, venv }, wanted, search)
  const runpath = (links?.runpath ?? []).map((entry) => fromOrigin(entry, folder))
  const library = findLibrary({ executable: path, version, prefix, needed, runpath }, search)
  return {
    executable,
    library,
    version: short(version),
    prefix: prefixFromHome(version, search) ?? prefix,
    venv: venv?.folder ?? null,
  }
}

// An environment may hold a copy of its base (`venv --copies`, Windows): the library is found from
// the base alone.
function base(program: Program, venv: Venv): Program {
  const isCopy = !relative(realpathSync.native(venv.folder), program.path).startsWith('..')
  return isCopy ? readProgram(baseExecutable(venv, program.path)) : program
}

function checkBinary(program: Program, search: Search): Program {
  const { path, links } = program
  if (!layoutOf(search.host).elf) return program
  if (links === null) throw new Refusal('PYTHON_INVALID', `${path} is not an ELF executable`)
  const refusal = unfit(path, links, search)
  if (refusal !== null) throw refusal
  return program
}

function versionOf(
  executable: string,
  needed: string | null,
  venv: Venv | null,
  search: Search,
): Version {
  const name = basename(executable)
  const folder = dirname(executable)
  const told = needed === null ? versionOfExecutable(name) : versionOfLibrary(needed)
  if (told !== null) return needed === null ? withThreads(told, folder, search) : told
  const beside = /python/i.test(name) ? versionsBeside(folder, search) : []
  const only = beside.length === 1 ? beside[0] : undefined
  const version = only ?? venv?.version ?? beside[0]
  if (version !== undefined) return version
  const detail = `${executable} is not CPython: no libpython is linked, and no version is named`
  throw new Refusal('PYTHON_INVALID', detail)
}

// A static bin/python3.13 may be the free-threaded build: its standard library tells.
function withThreads(version: Version, folder: string, search: Search): Version {
  if (version.flags !== '' || findPrefix(version, folder, search) !== null) return version
  const threaded = { ...version, flags: 't' }
  return findPrefix(threaded, folder, search) === null ? version : threaded
}

function checkWanted(
  python: { executable: string; version: Version; prefix: string; venv: Venv | null },
  wanted: readonly Wanted[],
  search: Search,
): void {
  const { executable } = python
  let { version } = python
  for (const each of wanted) {
    let answer = each.range.allows(version)
    if (answer === null) {
      version = withPatch(python, search) ?? askPatch(executable, version, search)
      answer = each.range.allows(version)
    }
    if (answer !== true) {
      throw new Refusal('WRONG_VERSION', `${executable} ${misfit(version, each)}`, each.advice)
    }
  }
}

function fromOrigin(folder: string, origin: string): string {
  return resolve(origin, folder.replace(/\$(ORIGIN|\{ORIGIN\})/g, origin))
}
