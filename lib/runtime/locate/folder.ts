import { join } from 'node:path'
import { checkFolder, list, look } from './entry.js'
import { layoutOf } from './layout.js'
import { Refusal } from './refusal.js'
import type { Search } from './search.js'
import { isVenv, readVenv, recreate } from './venv.js'
import { compareVersions, versionFrom } from './version.js'

/** The Python of a prefix or of a virtual environment. */
export function executableIn(folder: string, search: Search, advice?: string): string {
  checkFolder(folder, advice)
  return isVenv(folder)
    ? executableInVenv(folder, search)
    : executableInPrefix(folder, search, advice)
}

export function executableInVenv(folder: string, search: Search): string {
  readVenv(folder)
  const { inVenv } = layoutOf(search.host)
  const executable = firstOf(folder, inVenv)
  if (executable !== undefined) return executable
  const detail = `${folder} is a broken virtual environment: it has no ${inVenv[0]}`
  throw new Refusal('PYTHON_INVALID', detail, recreate(folder))
}

function executableInPrefix(folder: string, search: Search, advice?: string): string {
  const { inPrefix } = layoutOf(search.host)
  const executable = firstOf(folder, inPrefix) ?? newest(folder, search)
  if (executable !== undefined) return executable
  throw new Refusal('PYTHON_INVALID', `${folder} is a folder without ${inPrefix[0]}`, advice)
}

// A dangling link counts, so that the refusal names it.
function firstOf(folder: string, names: readonly string[]): string | undefined {
  return names.map((name) => join(folder, name)).find((path) => look(path).kind !== 'absent')
}

// `make altinstall` makes bin/python3.11 alone.
function newest(folder: string, search: Search): string | undefined {
  const { versioned } = layoutOf(search.host)
  if (versioned === null) return undefined
  const bin = join(folder, versioned.folder)
  const [best] = list(bin)
    .flatMap((name) => {
      const version = versionFrom(versioned.name.exec(name))
      return version === null ? [] : [{ name, version }]
    })
    .sort((a, b) => compareVersions(b.version, a.version))
  return best && join(bin, best.name)
}
