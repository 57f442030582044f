import type { Stats } from 'node:fs'
import { accessSync, constants, lstatSync, readdirSync, readlinkSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { isDenied, type Need, noPermission } from './permission.js'
import { Refusal } from './refusal.js'

/** What lies at a path, links followed. */
export type Entry =
  | { kind: 'file' | 'folder' | 'special' | 'absent' }
  | { kind: 'dangling'; target: string }
  | { kind: 'unreadable'; why: string; isDenied: boolean }

export function look(path: string): Entry {
  try {
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat?.isFile()) return { kind: 'file' }
    if (stat?.isDirectory()) return { kind: 'folder' }
    if (stat !== undefined) return { kind: 'special' }
    return isLink(path) ? { kind: 'dangling', target: lastTarget(path) } : { kind: 'absent' }
  } catch (error) {
    return { kind: 'unreadable', why: reason(error), isDenied: isDenied(error) }
  }
}

export function isFile(path: string): boolean {
  return stat(path)?.isFile() ?? false
}

export function isFolder(path: string): boolean {
  return stat(path)?.isDirectory() ?? false
}

export function isExecutable(path: string): boolean {
  return isFile(path) && mayExecute(path)
}

/** The names in a folder; none where it cannot be read. */
export function list(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

/** Refuses what the system could not execute. */
export function checkExecutable(path: string, advice?: string): void {
  if (isExecutable(path)) return
  const entry = look(path)
  if (entry.kind === 'file') {
    if (((stat(path)?.mode ?? 0) & 0o111) !== 0) throw noPermission(path, 'execute')
    const trouble = 'may not be executed: the permission is missing'
    throw new Refusal('PYTHON_INVALID', `${path} ${trouble}`, advice)
  }
  throw refusal(path, entry, 'execute', advice)
}

export function checkFolder(path: string, advice?: string): void {
  const entry = look(path)
  if (entry.kind === 'folder') return
  throw refusal(path, entry, 'read', advice)
}

function refusal(path: string, entry: Entry, need: Need, advice?: string): Refusal {
  if (entry.kind === 'unreadable' && entry.isDenied) return noPermission(path, need)
  return new Refusal('PYTHON_INVALID', `${path} ${describe(entry)}`, advice)
}

/** The code of a failed system call, such as 'EACCES'. */
export function reason(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error)
}

function describe(entry: Entry): string {
  switch (entry.kind) {
    case 'absent':
      return 'does not exist'
    case 'file':
      return 'is a file'
    case 'folder':
      return 'is a folder'
    case 'special':
      return 'is neither a file nor a folder'
    case 'dangling':
      return `is a link to ${entry.target}, which does not exist`
    case 'unreadable':
      return `cannot be read (${entry.why})`
  }
}

function stat(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

function mayExecute(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
}

// It ends: statSync has refused loops before this runs.
function lastTarget(link: string): string {
  let path = link
  while (isLink(path)) path = resolve(dirname(path), readlinkSync(path))
  return path
}
