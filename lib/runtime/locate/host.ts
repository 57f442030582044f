import { homedir } from 'node:os'
import { type Libc, ownLibc } from './libc.js'

/** The machine that is searched. */
export interface Host {
  platform: NodeJS.Platform
  arch: string
  /** The C library of this Node, as a system may hold two; null where it cannot be told. */
  libc: Libc | null
  /** Where system folders begin. Tests search made-up systems. */
  root: string
  /** The user's folder, where no variable names it. */
  home(): string
  /** What `reg query KEY /s` answers on Windows; '' where there is no such key. */
  registry(key: string): string
}

let libc: Libc | null | undefined

export const thisHost: Host = {
  platform: process.platform,
  arch: process.arch,
  get libc() {
    if (libc === undefined) libc = ownLibc()
    return libc
  },
  root: '/',
  home: ownHome,
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
