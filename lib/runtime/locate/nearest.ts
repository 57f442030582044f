import { dirname, join } from 'node:path'
import { isFile } from './entry.js'

/** The files of this name in a folder and above, the nearest first. */
export function* nearest(name: string, start: string): Generator<string> {
  for (let folder = start; ; folder = dirname(folder)) {
    const file = join(folder, name)
    if (isFile(file)) yield file
    if (folder === dirname(folder)) return
  }
}
