import { mkdir } from 'node:fs/promises'
import { BridgeError } from '../../errors/bridge-error.js'
import { reason } from '../locate/entry.js'
import { thisHost } from '../locate/host.js'
import { type Located, locate } from '../locate/index.js'
import { begin, type Search } from '../locate/search.js'
import type { Step } from '../locate/step.js'
import { isStartedWith, startLocated } from '../start.js'
import { build } from './build.js'
import { withLock } from './lock.js'
import { type EnvOptions, startOptions } from './options.js'
import { kept, type Place, placeFor } from './place.js'
import { findUv, runUv, type Task } from './uv.js'
import { readWish, type Wish } from './wish.js'

/**
 * Starts Python in an environment that holds what is asked for; builds it with uv where it is not
 * kept already. A kept one is found by reading files alone: no network, and no uv.
 *
 * @throws {BridgeError}
 */
export async function startInEnv(options: EnvOptions = {}): Promise<void> {
  const rest = startOptions(options)
  const wish = readWish(options)
  const search = begin({}, thisHost)
  const place = placeFor(wish, await baseFor(wish, options, search), search)
  const chosen = { ...rest, venv: place.folder }
  if (isStartedWith(chosen)) return
  const before = kept(place)
  const located = before ?? (await buildOnce(place, options, search))
  startLocated(chosen, { ...located, steps: tell(place, located, before !== null) })
}

async function buildOnce(place: Place, options: EnvOptions, search: Search): Promise<Located> {
  const tool = { uv: findUv(search), onProgress: options.onProgress }
  try {
    await mkdir(place.parent, { recursive: true })
    return await withLock(place.parent, place.name, async () => {
      if (kept(place) === null) await build(place, tool)
      return locate({ venv: place.folder })
    })
  } catch (cause) {
    if (cause instanceof BridgeError) throw cause
    throw new BridgeError('ENV_FAILED', `${place.parent} cannot be written to (${reason(cause)})`, {
      cause,
      advice: 'make it writable, or name another folder for caches with XDG_CACHE_HOME',
    })
  }
}

/** What uv may install, where it is asked for and not there. */
const installable: readonly string[] = [
  'PYTHON_NOT_FOUND',
  'WRONG_VERSION',
  'PYTHON_TOO_OLD',
  'PYTHON_2',
  'LIBRARY_STATIC',
  'LIBRARY_NOT_FOUND',
]

/** The Python to make an environment from: one that is here, else one that uv downloads. */
async function baseFor(wish: Wish, options: EnvOptions, search: Search): Promise<Located> {
  const { python, version } = wish
  try {
    return locate({ base: true, python, version })
  } catch (error) {
    const mayInstall =
      error instanceof BridgeError &&
      installable.includes(error.code) &&
      python === undefined &&
      !/^(never|manual|false|0)$/i.test(search.env.UV_PYTHON_DOWNLOADS ?? '')
    if (!mayInstall) throw error
    await installPython(version, { uv: uvOr(error, search), onProgress: options.onProgress })
    return locate({ base: true, version: version ?? '>=3.8' })
  }
}

async function installPython(
  version: string | undefined,
  tool: Pick<Task, 'uv' | 'onProgress'>,
): Promise<void> {
  await runUv({ ...tool, args: ['python', 'install', ...(version === undefined ? [] : [version])] })
}

// Without uv, what is wrong with the Pythons that are here says more.
function uvOr(error: BridgeError, search: Search): string {
  try {
    return findUv(search)
  } catch {
    throw error
  }
}

function tell({ folder, steps, wish }: Place, located: Located, wasKept: boolean): Step[] {
  const what = [...wish.requires, ...(wish.file === null ? [] : [wish.file.path])].join(', ')
  const how = `${wasKept ? 'kept from an earlier build' : 'built with uv'}, for ${what || 'nothing'}`
  const is = `it is Python ${located.version}, and its library is ${located.library}`
  return [
    ...steps,
    { source: 'python.env', tried: folder, outcome: 'chosen', detail: `${how}: ${is}` },
  ]
}
