import { type Libc, ownLibc } from './libc.js'

/** The machine that is searched. */
export interface Host {
  platform: NodeJS.Platform
  arch: string
  /** The C library of this Node; null where it does not matter or cannot be told. */
  libc: Libc | null
  /** Where system folders begin. Tests search made-up systems. */
  root: string
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
}
