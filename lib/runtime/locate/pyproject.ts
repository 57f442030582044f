import { join } from 'node:path'
import { type Project, projectOf } from './project.js'
import { pythonsFor } from './pythons-for.js'
import { parseRange, wantedFrom } from './range.js'
import type { Source } from './source.js'
import { textAt } from './toml.js'

/** The versions that the nearest pyproject.toml allows, by `requires-python` or to Poetry. */
export const pyproject: Source = {
  name: 'pyproject.toml',
  final: true,
  *candidates(search) {
    const project = projectOf(search)
    const text = project && requiresPython(project)
    const range = text ? parseRange(text) : null
    if (!project || range === null) return
    const wanted = wantedFrom(range, `${project.file} asks for ${text}`)
    yield* pythonsFor(wanted, project.file, 'shell', search)
  },
  absent(search) {
    const project = projectOf(search)
    if (project === null) {
      return { tried: join(search.cwd, 'pyproject.toml'), detail: 'no such file, here or above' }
    }
    const { file: tried, content } = project
    if (typeof content === 'string') return { tried, detail: content }
    const text = requiresPython(project)
    const detail = text ? `its "${text}" is no range of versions` : 'it asks for no version'
    return { tried, detail }
  },
}

export function requiresPython({ content }: Project): string | undefined {
  return (
    textAt(content, 'project', 'requires-python') ??
    textAt(content, 'tool', 'poetry', 'dependencies', 'python')
  )
}
