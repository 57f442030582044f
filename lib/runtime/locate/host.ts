import { homedir } from 'node:os'
import { linksIn } from './elf.js'
import { withPage } from './page.js'

/** The machine that is searched. */
export interface Host {
  platform: NodeJS.Platform
  arch: string
  /** Where system folders begin. Tests search made-up systems. */
  root: string
  /** The user's folder, where no variable names it. */
  home(): string
  /** Whether this Node is linked with musl: a system may hold both C libraries. */
  usesMusl(): boolean
  /** What `reg query KEY /s` answers on Windows; '' where there is no such key. */
  registry(key: string): string
}

export const thisHost: Host = {
  platform: process.platform,
  arch: process.arch,
  root: '/',
  home: ownHome,
  usesMusl: () => {
    const needed = withPage(process.execPath, linksIn)?.needed ?? []
    return needed.some((name) => name.startsWith('libc.musl-'))
  },
  registry: queryRegistry,
}

// A container may run as a user that its system does not know.
function ownHome(): string {
  try {
    return homedir()
  } catch {
    return '/'
  }
}

const TIMEOUT = 5000

function queryRegistry(key: string): string {
  const { spawnSync } = process.getBuiltinModule('node:child_process') // seldom needed
  const asked = spawnSync('reg', ['query', key, '/s'], {
    encoding: 'utf8',
    windowsHide: true,
    timeout: TIMEOUT,
  })
  return asked.stdout ?? ''
}
