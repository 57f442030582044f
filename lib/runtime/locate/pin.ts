import { readFileSync } from 'node:fs'
import { reason } from './entry.js'

/** What a file, or a variable in its place, asks for. */
export interface Pin {
  origin: string
  /** In order of preference. */
  requests: readonly string[]
  /** Why it asks for nothing. */
  detail: string
}

/** Null where the file says nothing of Python. */
export function readPin(file: string, read: (text: string) => string[] | null): Pin | null {
  try {
    const requests = read(readFileSync(file, 'utf8'))
    return requests && { origin: file, requests, detail: 'it names no version' }
  } catch (error) {
    return { origin: file, requests: [], detail: `it cannot be read (${reason(error)})` }
  }
}
