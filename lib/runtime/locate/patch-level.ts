import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { list } from './entry.js'
import { layoutOf } from './layout.js'
import type { Search } from './search.js'
import type { Venv } from './venv.js'
import { parseVersion, short, type Version } from './version.js'

/** What is known of a Python of which a range asks for the third number of its version. */
interface Interpreter {
  version: Version
  prefix: string
  venv: Venv | null
}

/**
 * The version with its patch level, from the files that may tell it: the folder that a manager named
 * for it, the header of the C API, what Conda keeps of its packages, and the environment, which was
 * made with it. Null where none does, as with a system's Python without headers.
 */
export function withPatch(python: Interpreter, search: Search): Version | null {
  const { version, prefix, venv } = python
  for (const text of tellers(version, prefix, search)) {
    const told = text === undefined ? null : parseVersion(text)
    if (told !== null && told.patch !== null && isSame(told, version)) {
      return { ...version, patch: told.patch }
    }
  }
  return venv?.version && isSame(venv.version, version) && venv.version.patch !== null
    ? { ...version, patch: venv.version.patch }
    : null
}

function* tellers(version: Version, prefix: string, search: Search): Generator<string | undefined> {
  yield /(?:^|-)(\d+\.\d+\.\d+)/.exec(basename(prefix))?.[1]
  for (const folder of layoutOf(search.host).headers(version)) {
    yield /PY_VERSION\s+"([^"]+)"/.exec(read(join(prefix, folder, 'patchlevel.h')))?.[1]
  }
  const package_ = `python-${short(version)}.`
  const record = list(join(prefix, 'conda-meta')).find((name) => name.startsWith(package_))
  yield record?.slice('python-'.length)
}

function isSame(a: Version, b: Version): boolean {
  return a.major === b.major && a.minor === b.minor
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
