import { interpreterIn, type Links } from './elf.js'
import { withPage } from './page.js'

export type Libc = 'glibc' | 'musl'

/** The C library that a Linux executable or library is linked with; null where it does not tell. */
export function libcOf({
  interpreter,
  needed,
}: Pick<Links, 'interpreter' | 'needed'>): Libc | null {
  if (interpreter !== null) {
    if (interpreter.includes('/ld-musl')) return 'musl'
    if (/\/ld(64)?(-linux.*)?\.so/.test(interpreter)) return 'glibc'
  }
  if (needed.includes('libc.so.6')) return 'glibc'
  // Alpine's name, and that of the musl-gcc of other distributions.
  return needed.some((name) => /^libc(\.musl-.*)?\.so(\.1)?$/.test(name)) ? 'musl' : null
}

/** This process's: by its executable, because Node's report takes a thousand times as long. */
export function ownLibc(): Libc | null {
  if (process.platform !== 'linux') return null
  try {
    return libcOf({ interpreter: withPage(process.execPath, interpreterIn), needed: [] })
  } catch {
    return null // it was replaced or removed while it runs
  }
}
