import { distributionOf, type Family } from './distribution.js'
import type { Search } from './search.js'

/** How this system installs a Python that can be embedded, where there is none at all. */
export function installPython({ host }: Search): string | undefined {
  const command = commandFor(host.platform, host.root)
  if (command === undefined) return undefined
  return `run \`${command}\`, or name a Python: python.start({ python: '/path/to/python3' })`
}

/** One command; undefined where it is not known. */
export function commandFor(platform: NodeJS.Platform, root: string): string | undefined {
  if (platform === 'darwin') return 'brew install python'
  if (platform === 'win32') return 'winget install Python.Python.3.13'
  const { family } = distributionOf(root)
  return family === null ? undefined : commands[family]
}

// Debian's library has the version in its name; the package of its headers brings the right one.
const commands: Readonly<Record<Family, string>> = {
  debian: 'apt install python3 libpython3-dev',
  fedora: 'dnf install python3',
  suse: 'zypper install python3',
  alpine: 'apk add python3',
  arch: 'pacman -S python',
}
