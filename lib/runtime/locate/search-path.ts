import { realpathSync } from 'node:fs'
import { delimiter, extname, join, resolve } from 'node:path'
import { isExecutable, list, look } from './entry.js'
import { layoutOf } from './layout.js'
import type { Range } from './range.js'
import type { Search } from './search.js'
import type { Candidate, Source } from './source.js'
import { compareVersions, versionFrom } from './version.js'

/** Every python3 on PATH, then every python. */
export const searchPath: Source = {
  name: 'PATH',
  final: false,
  *candidates(search) {
    const folders = foldersOnPath(search)
    for (const command of layoutOf(search.host).commands) yield* candidates(command, folders)
  },
  absent(search) {
    const folders = foldersOnPath(search)
    const names = layoutOf(search.host).commands.join(' or ')
    return {
      tried: 'PATH',
      detail: folders.length === 0 ? 'it is empty' : `no ${names} in its ${folders.length} folders`,
    }
  },
}

/** python3.12 and the like on PATH, where the name may be of the range: the newest first. */
export function* versionedOnPath(range: Range, search: Search): Generator<Candidate> {
  const { versioned } = layoutOf(search.host)
  if (versioned === null) return
  const found = foldersOnPath(search).flatMap((folder) =>
    list(folder).flatMap((name) => {
      const version = versionFrom(versioned.name.exec(name))
      const fits = version !== null && range.allows(version) !== false
      return fits ? [{ path: join(folder, name), version }] : []
    }),
  )
  found.sort((a, b) => compareVersions(b.version, a.version))
  for (const { path } of found) yield { tried: path, origin: 'PATH', executable: () => path }
}

/** The first executable of that name on PATH, as a shell finds it. */
export function commandOnPath(name: string, search: Search, without: string[] = []): string | null {
  const { platform } = search.host
  const file = platform === 'win32' && extname(name) !== '.exe' ? `${name}.exe` : name
  for (const folder of foldersOnPath(search)) {
    if (without.includes(folder)) continue
    const path = join(folder, file)
    if (isExecutable(path)) return path
  }
  return null
}

// An empty entry means the working directory to a shell. A Python that happens to lie there is not
// one that the user chose, so it is passed over.
export function foldersOnPath({ env, cwd }: Search): string[] {
  const entries = (env.PATH ?? env.Path ?? '').split(delimiter).filter(Boolean)
  return [...new Set(entries.map((entry) => resolve(cwd, entry)))]
}

// Where /bin is a link to /usr/bin, both name one folder.
function* candidates(command: string, folders: string[]): Generator<Candidate> {
  const seen = new Set<string>()
  for (const folder of folders) {
    const path = join(folder, command)
    if (look(path).kind === 'absent') continue
    const real = realFolder(folder)
    if (seen.has(real)) continue
    seen.add(real)
    yield { tried: path, origin: 'PATH', executable: () => path }
  }
}

function realFolder(folder: string): string {
  try {
    return realpathSync.native(folder)
  } catch {
    return folder // it may not be read, and its candidate will say so
  }
}
