/** The machine that is searched. */
export interface Host {
  platform: NodeJS.Platform
  arch: string
  /** Where system folders begin. Tests search made-up systems. */
  root: string
}

export const thisHost: Host = { platform: process.platform, arch: process.arch, root: '/' }
