import { join } from 'node:path'
import { list, look } from './entry.js'
import type { Host } from './host.js'
import { layoutOf } from './layout.js'
import { pyenvHome } from './pyenv.js'
import type { Search } from './search.js'
import { foldersOnPath } from './search-path.js'
import { dataHome } from './user-folders.js'
import { compareVersions, parseVersion, type Version } from './version.js'

/** A Python that a manager of Pythons installed. */
export interface Managed {
  manager: 'uv' | 'pyenv' | 'asdf' | 'mise'
  prefix: string
  executable: string
  version: Version
  isPreview: boolean
}

/**
 * The Pythons of uv, pyenv, asdf and mise, read from their folders; none of them is run. Of each
 * manager the newest comes first, with previews and free-threaded builds at the end. pyenv comes
 * before uv where its shims are on PATH: then it is what `python3` asks.
 */
export function managedPythons(search: Search): Managed[] {
  const { env, home, host } = search
  const data = dataHome(search)
  const pyenv = pyenvHome(search)
  const uv = env.UV_PYTHON_INSTALL_DIR || join(data, 'uv/python')
  const asdf = join(env.ASDF_DATA_DIR || join(home, '.asdf'), 'installs/python')
  const mise = join(env.MISE_DATA_DIR || join(data, 'mise'), 'installs/python')
  const ofUv = () => pythonsIn(uv, 'uv', versionOfUv(host), search)
  const ofPyenv = () =>
    pyenv === null ? [] : pythonsIn(join(pyenv, 'versions'), 'pyenv', versionOfName, search)
  const usesShims = pyenv !== null && foldersOnPath(search).includes(join(pyenv, 'shims'))
  return [
    ...(usesShims ? [...ofPyenv(), ...ofUv()] : [...ofUv(), ...ofPyenv()]),
    ...pythonsIn(asdf, 'asdf', versionOfName, search),
    ...pythonsIn(mise, 'mise', versionOfName, search),
  ]
}

interface Named {
  version: Version
  isPreview: boolean
}

function pythonsIn(
  folder: string,
  manager: Managed['manager'],
  read: (name: string) => Named | null,
  search: Search,
): Managed[] {
  return list(folder)
    .flatMap((name) => {
      const named = read(name)
      const prefix = join(folder, name)
      const executable = named && executableOf(prefix, search)
      return executable ? [{ manager, prefix, executable, ...named }] : []
    })
    .sort((a, b) => rank(a) - rank(b) || compareVersions(b.version, a.version))
}

function executableOf(prefix: string, search: Search): string | undefined {
  const names = layoutOf(search.host).inPrefix.map((name) => join(prefix, name))
  return names.find((path) => look(path).kind !== 'absent')
}

function rank({ version, isPreview }: Named): number {
  return (isPreview ? 2 : 0) + (version.flags === '' ? 0 : 1)
}

// '3.12.4', '3.13.0t', '3.14.0rc1'. An alias such as mise's '3.12' names what is there by its full
// name too.
function versionOfName(name: string): Named | null {
  const match = /^(\d+\.\d+\.\d+)((?:a|b|rc)\d+)?(t?)$/.exec(name)
  return match && namedBy(`${match[1]}${match[3]}`, match[2])
}

// 'cpython-3.13.0+freethreaded-linux-x86_64-gnu': the last word is the C library.
function versionOfUv(host: Host): (name: string) => Named | null {
  return (name) => {
    const match =
      /^cpython-(\d+\.\d+\.\d+)((?:a|b|rc)\d+)?(?:\+([a-z+]+))?-([^-]+)-[^-]+-([^-]+)$/.exec(name)
    if (match === null) return null
    const [, version, preview, variant = '', system, library] = match
    if (system === 'linux' && (library === 'musl') !== (host.libc === 'musl')) return null
    const flags = `${variant.includes('freethreaded') ? 't' : ''}${variant.includes('debug') ? 'd' : ''}`
    return namedBy(`${version}${flags}`, preview)
  }
}

function namedBy(text: string, preview: string | undefined): Named | null {
  const version = parseVersion(text)
  return version && { version, isPreview: preview !== undefined }
}
