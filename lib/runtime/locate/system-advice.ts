import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Interpreter } from './library.js'
import type { Search } from './search.js'
import { short } from './version.js'

/** How this distribution installs the library; undefined where the catalogue's advice must do. */
export function systemAdvice({ version }: Interpreter, search: Search): string | undefined {
  const name = short(version)
  switch (family(search.host.root)) {
    case 'debian':
      return `apt install libpython${name}`
    case 'fedora':
      return `dnf install python3-libs (or python${name}-libs)`
    case 'suse':
      return `zypper install libpython${name.replace('.', '_')}-1_0`
    case 'alpine':
      return 'apk add python3'
    default:
      return undefined
  }
}

/** How this distribution installs a Python that can be embedded, where there is none at all. */
export function installPython({ host }: Search): string | undefined {
  const other = "or name one: python.start({ python: '/path/to/python3' })"
  switch (host.platform === 'linux' ? family(host.root) : host.platform) {
    case 'debian':
      return `apt install python3 libpython3-dev, ${other}`
    case 'fedora':
      return `dnf install python3 python3-libs, ${other}`
    case 'suse':
      return `zypper install python3, ${other}`
    case 'alpine':
      return `apk add python3, ${other}`
    case 'darwin':
      return `brew install python, or uv python install, ${other}`
    case 'win32':
      return `winget install Python.Python.3.13, or uv python install, ${other}`
    default:
      return undefined
  }
}

const families: Readonly<Record<string, string>> = {
  debian: 'debian',
  ubuntu: 'debian',
  fedora: 'fedora',
  rhel: 'fedora',
  centos: 'fedora',
  suse: 'suse',
  opensuse: 'suse',
  alpine: 'alpine',
}

// ID says what it is; ID_LIKE, from near to far, what it descends from.
function family(root: string): string | undefined {
  const text = readRelease(root)
  const value = (key: string) =>
    new RegExp(`^${key}=["']?([^"'\\n]*)`, 'm').exec(text)?.[1]?.split(/\s+/) ?? []
  const names = [...value('ID'), ...value('ID_LIKE')]
  return names.map((name) => families[name]).find((found) => found !== undefined)
}

function readRelease(root: string): string {
  for (const path of ['etc/os-release', 'usr/lib/os-release']) {
    try {
      return readFileSync(join(root, path), 'utf8')
    } catch {}
  }
  return ''
}
