import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Distributions whose packages have the same names and the same installer. */
export type Family = 'debian' | 'fedora' | 'suse' | 'alpine' | 'arch'

/** What /etc/os-release says. */
export interface Distribution {
  /** 'Debian GNU/Linux 12 (bookworm)'; null where there is no such file. */
  name: string | null
  family: Family | null
}

const families: Readonly<Record<string, Family>> = {
  debian: 'debian',
  ubuntu: 'debian',
  fedora: 'fedora',
  rhel: 'fedora',
  centos: 'fedora',
  suse: 'suse',
  opensuse: 'suse',
  alpine: 'alpine',
  arch: 'arch',
}

// ID says what it is; ID_LIKE, from near to far, what it descends from.
export function distributionOf(root: string): Distribution {
  const text = readRelease(root)
  const value = (key: string) => new RegExp(`^${key}=["']?([^"'\\n]*)`, 'm').exec(text)?.[1] ?? ''
  const names = [value('ID'), ...value('ID_LIKE').split(/\s+/)]
  const family = names.map((name) => families[name]).find((found) => found !== undefined)
  return { name: value('PRETTY_NAME') || value('NAME') || null, family: family ?? null }
}

function readRelease(root: string): string {
  for (const path of ['etc/os-release', 'usr/lib/os-release']) {
    try {
      return readFileSync(join(root, path), 'utf8')
    } catch {} // most systems have one of them
  }
  return ''
}
