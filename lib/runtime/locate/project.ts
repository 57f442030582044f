import { nearest } from './nearest.js'
import type { Search } from './search.js'
import { readToml, type Table } from './toml.js'

/** The nearest pyproject.toml. */
export interface Project {
  file: string
  /** A sentence where it cannot be read. */
  content: Table | string
}

const known = new WeakMap<Search, Project | null>()

/** The project of the working directory; read once for a search. */
export function projectOf(search: Search): Project | null {
  let project = known.get(search)
  if (project === undefined) {
    project = read(search)
    known.set(search, project)
  }
  return project
}

function read({ cwd }: Search): Project | null {
  for (const file of nearest('pyproject.toml', cwd)) {
    const content = readToml(file)
    if (content !== null) return { file, content }
  }
  return null
}
