import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { parse } from 'smol-toml'
import { root } from '../package.js'
import { reason } from './entry.js'

/** A table of a TOML file. */
export type Table = Readonly<Record<string, unknown>>

/** Null where there is no such file; a sentence where it cannot be read. */
export function readToml(file: string): Table | string | null {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    return reason(error) === 'ENOENT' ? null : `it cannot be read (${reason(error)})`
  }
  try {
    return parser()(text)
  } catch (error) {
    return `it is not valid TOML: ${String((error as Error).message).split('\n')[0]}`
  }
}

// The parser is a file of its own, which few starts need.
function parser(): typeof parse {
  const load = createRequire(import.meta.url)
  return load(join(root, 'dist/toml.cjs')).parse
}

/** What lies under a path of keys; undefined where there is no such thing. */
export function at(table: unknown, ...keys: string[]): unknown {
  let value = table
  for (const key of keys) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Table)[key]
  }
  return value
}

export function textAt(table: unknown, ...keys: string[]): string | undefined {
  const value = at(table, ...keys)
  return typeof value === 'string' ? value : undefined
}
