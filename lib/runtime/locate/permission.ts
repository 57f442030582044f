import { accessSync, constants } from 'node:fs'
import { dirname } from 'node:path'
import { Refusal } from './refusal.js'
import { quoted } from './shell.js'

/** What must be possible with a file. */
export type Need = 'read' | 'execute'

/** Whether the system refused for want of a permission. */
export function isDenied(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'EACCES' || code === 'EPERM'
}

export function noPermission(path: string, need: Need): Refusal {
  const closed = closedFolder(path)
  const verb = need === 'read' ? 'read' : 'executed'
  const detail = `${path} may not be ${verb}: `
  if (closed !== null) {
    const advice = `open the folder with \`chmod a+x ${quoted(closed)}\`, or choose another Python`
    return new Refusal('NO_PERMISSION', `${detail}the folder ${closed} is closed`, advice)
  }
  const mode = need === 'read' ? 'a+r' : 'a+rx'
  const advice = `allow it with \`chmod ${mode} ${quoted(path)}\`, or choose another Python`
  return new Refusal('NO_PERMISSION', `${detail}the permission is missing`, advice)
}

/** The first folder of the path that this user may not enter. */
function closedFolder(path: string): string | null {
  const above = dirname(path)
  if (above === path) return null
  const closed = closedFolder(above)
  if (closed !== null) return closed
  try {
    accessSync(above, constants.X_OK)
    return null
  } catch (error) {
    return isDenied(error) ? above : null
  }
}
