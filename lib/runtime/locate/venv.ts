import { readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { isFile, isFolder, reason } from './entry.js'
import { isDenied, noPermission } from './permission.js'
import { Refusal } from './refusal.js'
import { quoted } from './shell.js'
import { parseVersion, short, type Version } from './version.js'

export interface Venv {
  folder: string
  /** The folder of the base executable. */
  home: string
  version: Version | null
  /** The base executable, where pyvenv.cfg names it (CPython 3.11+, virtualenv). */
  base: string | null
}

/**
 * The virtual environment of an executable, by CPython's rule: pyvenv.cfg lies beside it or one
 * folder above, and links are not followed.
 */
export function venvOf(executable: string): Venv | null {
  const beside = dirname(executable)
  const folder = [beside, dirname(beside)].find(isVenv)
  return folder === undefined ? null : readVenv(folder)
}

export function isVenv(folder: string): boolean {
  return isFile(join(folder, 'pyvenv.cfg'))
}

/** Refuses an environment whose base is gone. */
export function readVenv(folder: string): Venv {
  const settings = readSettings(folder)
  const named = settings.get('home')
  if (!named) throw broken(folder, 'its pyvenv.cfg names no home')
  const home = resolve(folder, named)
  if (!isFolder(home)) throw broken(folder, `its home, ${home}, does not exist`)
  return {
    folder,
    home,
    version: parseVersion(settings.get('version_info') ?? settings.get('version') ?? ''),
    base: settings.get('executable') ?? settings.get('base-executable') ?? null,
  }
}

/** The base executable, for environments that hold a copy of it. */
export function baseExecutable(venv: Venv, executable: string): string {
  const versioned = venv.version === null ? [] : [`python${short(venv.version)}`]
  const names = [basename(executable), ...versioned, 'python3', 'python']
  const candidates = names.map((name) => join(venv.home, name))
  if (venv.base !== null) candidates.unshift(venv.base)
  const base = candidates.find(isFile)
  if (base === undefined) throw broken(venv.folder, `its home, ${venv.home}, holds no Python`)
  return base
}

export function recreate(folder: string): string {
  return `make it again with \`python3 -m venv --clear ${quoted(folder)}\`, or remove it`
}

function broken(folder: string, why: string): Refusal {
  const detail = `${folder} is a broken virtual environment: ${why}`
  return new Refusal('PYTHON_INVALID', detail, recreate(folder))
}

function readSettings(folder: string): Map<string, string> {
  const settings = new Map<string, string>()
  for (const line of readText(folder).split('\n')) {
    const equals = line.indexOf('=')
    if (equals < 0) continue
    settings.set(line.slice(0, equals).trim().toLowerCase(), line.slice(equals + 1).trim())
  }
  return settings
}

function readText(folder: string): string {
  const path = join(folder, 'pyvenv.cfg')
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isDenied(error)) throw noPermission(path, 'read')
    throw broken(folder, `its pyvenv.cfg cannot be read (${reason(error)})`)
  }
}
