import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { type Located, locate } from '../locate/index.js'
import type { Search } from '../locate/search.js'
import type { Step } from '../locate/step.js'
import { cacheHome } from '../locate/user-folders.js'
import type { Wish } from './wish.js'

/** Where an environment is kept, and what it is made of. */
export interface Place {
  parent: string
  /** The key: the same wish and the same Python have the same one. */
  name: string
  folder: string
  /** The executable of the Python that it is made from. */
  base: string
  wish: Wish
  /** What a reader of the cache may want to know. */
  record: object
  /** How the base was chosen. */
  steps: Step[]
}

/** What the key stands for, of this release: another meaning needs another number. */
const FORMAT = 1

export function placeFor(wish: Wish, base: Located, search: Search): Place {
  const { platform, arch } = search.host
  const executable = realpathSync.native(base.executable)
  const python = { executable, version: base.version }
  const requires = { requires: wish.requires, file: wish.file?.text, range: wish.version }
  const record = { ...requires, python, platform, arch, format: FORMAT }
  const { createHash } = process.getBuiltinModule('node:crypto')
  const name = createHash('sha256').update(JSON.stringify(record)).digest('hex').slice(0, 20)
  const parent = join(search.env.XDG_CACHE_HOME || cacheHome(search), 'pybridge/envs')
  const folder = join(parent, name)
  return { parent, name, folder, base: base.executable, wish, record, steps: base.steps }
}

/** The environment, where it is there and whole; its base may have been removed since. */
export function kept({ folder }: Place): Located | null {
  try {
    return locate({ venv: folder })
  } catch {
    return null
  }
}
