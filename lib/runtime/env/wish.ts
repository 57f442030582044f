import { readFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { BridgeError } from '../../errors/bridge-error.js'
import { reason } from '../locate/entry.js'
import { requiresPython } from '../locate/pyproject.js'
import { parseRange } from '../locate/range.js'
import { at, readToml } from '../locate/toml.js'
import type { EnvOptions } from './options.js'

/** What an environment is to hold. */
export interface Wish {
  /** Sorted, so that their order makes no other environment. */
  requires: string[]
  /** A requirements file, and the text of all that it includes. */
  file: { path: string; text: string } | null
  /** An interpreter. */
  python: string | undefined
  /** A range of versions. */
  version: string | undefined
}

export function readWish({ requires = [], from, python }: EnvOptions): Wish {
  const isRange = python !== undefined && parseRange(python) !== null
  const wish: Wish = {
    requires: normal(requires),
    file: null,
    python: isRange ? undefined : python,
    version: isRange ? python : undefined,
  }
  if (from === undefined) return wish
  const path = resolve(from)
  if (basename(path) !== 'pyproject.toml') return { ...wish, file: { path, text: included(path) } }
  const project = readProject(path)
  return {
    ...wish,
    requires: normal([...requires, ...project.dependencies]),
    version: wish.version ?? (python === undefined ? project.version : undefined),
  }
}

function normal(requires: readonly string[]): string[] {
  return [...new Set(requires.map((each) => each.trim()))].sort()
}

function readProject(path: string): { dependencies: string[]; version: string | undefined } {
  const content = readToml(path)
  if (content === null) throw refusal(`${path} does not exist`)
  if (typeof content === 'string') throw refusal(`${path}: ${content}`)
  const dynamic = at(content, 'project', 'dynamic')
  const dependencies = at(content, 'project', 'dependencies') ?? []
  const isList =
    Array.isArray(dependencies) && dependencies.every((each) => typeof each === 'string')
  if (!isList || (Array.isArray(dynamic) && dynamic.includes('dependencies'))) {
    throw refusal(`${path} has no plain list of dependencies under [project]`)
  }
  return { dependencies, version: requiresPython({ file: path, content }) }
}

// The text of a requirements file and of those that it names: whatever changes there makes another
// environment.
function included(path: string, seen = new Set<string>()): string {
  if (seen.has(path)) return ''
  seen.add(path)
  let text = ''
  for (const line of read(path).split(/\r?\n/)) {
    const content = line.replace(/(^|\s)#.*/, '').trim()
    if (content === '') continue
    if (/^(-e\b|--editable\b|[./~])/.test(content)) {
      throw refusal(`${path} installs from a path: ${content}`)
    }
    text += `${content}\n`
    const other = /^(?:-r|-c|--requirement|--constraint)[\s=]*(.+)$/.exec(content)?.[1]
    if (other !== undefined && !/^\w+:\/\//.test(other)) {
      text += included(resolve(dirname(path), other), seen)
    }
  }
  return text
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw refusal(`${path} cannot be read (${reason(error)})`)
  }
}

function refusal(detail: string): BridgeError {
  return new BridgeError('INVALID_ARGUMENT', `python.env: ${detail}`, {
    advice:
      'name a requirements.txt or a pyproject.toml that lists packages; for a project in development, make an environment (`uv sync`) and name it: python.start({ venv })',
  })
}
