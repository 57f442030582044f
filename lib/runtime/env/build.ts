import { readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isFolder, reason } from '../locate/entry.js'
import type { Place } from './place.js'
import { runUv, type Task } from './uv.js'

/**
 * Builds an environment beside its place and renames it there: it is whole, or it is not there.
 * A `--relocatable` one has no path of its own in its scripts.
 */
export async function build(place: Place, tool: Pick<Task, 'uv' | 'onProgress'>): Promise<void> {
  await clearAway(place)
  const partial = join(place.parent, `${place.name}.${process.pid}.${Date.now().toString(36)}`)
  try {
    await runUv({ ...tool, args: [...makeVenv, '--python', place.base, partial] })
    await install(place, partial, tool)
    await writeFile(join(partial, 'pybridge.json'), `${JSON.stringify(place.record, null, 2)}\n`)
    await move(partial, place.folder)
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
}

// Nothing of the project of the working directory, and no other Python than the one that is named.
const makeVenv = ['venv', '--relocatable', '--no-project', '--no-python-downloads']

async function install(place: Place, partial: string, tool: Pick<Task, 'uv' | 'onProgress'>) {
  const { requires, file } = place.wish
  if (requires.length === 0 && file === null) return
  const files = file === null ? [] : ['-r', file.path]
  const listed = requires.length === 0 ? [] : ['-r', '-']
  await runUv({
    ...tool,
    args: ['pip', 'install', '--python', partial, ...files, ...listed],
    input: `${requires.join('\n')}\n`,
  })
}

// Who built at the same time without a lock has put the same thing there.
async function move(partial: string, folder: string): Promise<void> {
  try {
    await rename(partial, folder)
  } catch (error) {
    if (!(['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(reason(error)) && isFolder(folder))) throw error
  }
}

/** Removes what is broken at the place, and what builders left there that were killed. */
async function clearAway({ parent, name, folder }: Place): Promise<void> {
  if (isFolder(folder)) {
    const aside = `${folder}.${process.pid}.broken`
    await rename(folder, aside)
    await rm(aside, { recursive: true, force: true })
  }
  for (const each of await readdir(parent)) {
    const pid = each.startsWith(`${name}.`) ? /^\.(\d+)\./.exec(each.slice(name.length))?.[1] : null
    if (pid && !isAlive(Number(pid))) await rm(join(parent, each), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return reason(error) !== 'ESRCH'
  }
}
