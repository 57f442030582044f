import { realpathSync } from 'node:fs'
import { type Links, linksIn } from './elf.js'
import { reason } from './entry.js'
import { type Page, withPage } from './page.js'
import { isDenied, noPermission } from './permission.js'
import { Refusal } from './refusal.js'

/** What an executable file is. */
export interface Program {
  /** Links followed. */
  path: string
  /** How it begins, where it is a script. */
  script: string | null
  /** Null where it is not ELF. */
  links: Links | null
}

export function readProgram(executable: string): Program {
  try {
    const path = realpathSync.native(executable)
    return withPage(path, (page) => ({ path, script: scriptIn(page), links: linksIn(page) }))
  } catch (error) {
    if (isDenied(error)) throw noPermission(executable, 'read')
    throw new Refusal('PYTHON_INVALID', `${executable} cannot be read (${reason(error)})`)
  }
}

function scriptIn({ view }: Page): string | null {
  const isScript = view.byteLength > 2 && view.getUint16(0) === 0x2321 // '#!'
  return isScript ? Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString() : null
}
