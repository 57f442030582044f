import { resolve } from 'node:path'
import { look } from './entry.js'
import { executableIn } from './folder.js'
import { Refusal } from './refusal.js'
import type { Search } from './search.js'
import { commandOnPath } from './search-path.js'

/** What a user may name: an executable, a command on PATH, a prefix, or a virtual environment. */
export function named(name: string, search: Search): string {
  if (name === '') throw new Refusal('INVALID_ARGUMENT', 'the name is empty')
  const path = resolve(search.cwd, name)
  const command = isPath(name, search) ? null : commandOnPath(name, search)
  if (command !== null) return command
  const { kind } = look(path)
  if (kind === 'folder') return executableIn(path, search)
  if (kind !== 'absent' || isPath(name, search)) return path
  const detail = `${name} is neither a command on PATH nor a file or folder in ${search.cwd}`
  throw new Refusal('PYTHON_INVALID', detail)
}

function isPath(name: string, search: Search): boolean {
  return name.includes('/') || (search.host.platform === 'win32' && name.includes('\\'))
}
