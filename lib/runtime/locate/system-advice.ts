import { distributionOf, type Family } from './distribution.js'
import type { Interpreter } from './library.js'
import type { Search } from './search.js'
import { short } from './version.js'

/** How this distribution installs the library; undefined where the catalogue's advice must do. */
export function systemAdvice({ version }: Interpreter, search: Search): string | undefined {
  const { family } = distributionOf(search.host.root)
  return family === null ? undefined : advice[family](short(version))
}

// A command stands in backticks, so that `pybridge doctor` can offer it as one.
const advice: Readonly<Record<Family, (version: string) => string>> = {
  debian: (version) => `install it: \`apt install libpython${version}\``,
  fedora: (version) => `install it: \`dnf install python3-libs\` (or python${version}-libs)`,
  suse: (version) => `install it: \`zypper install libpython${version.replace('.', '_')}-1_0\``,
  alpine: () => 'install it: `apk add python3`',
  arch: () => 'install it: `pacman -S python`',
}
