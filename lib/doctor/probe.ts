import { writeSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import type * as Package from '../index.js'
import { root } from '../runtime/package.js'
import { loadedLibraries } from './loaded-libraries.js'

/** What the probe is asked to do. */
export interface Order {
  /** Which Python; null where none was found, and only the native part is to be loaded. */
  start: { python?: string; venv?: string; version?: string } | null
}

/** The modules of the standard library that most often miss what they are built on. */
export const standardModules = ['ssl', 'zlib', 'sqlite3', 'ctypes'] as const
export type StandardModule = (typeof standardModules)[number]

/** What is done, in this order, and what each comes to. */
export interface Results {
  load: { libraries: string[] }
  start: Package.PythonInfo
  ssl: null
  zlib: null
  sqlite3: null
  ctypes: null
  facts: Facts
  executable: { version: string }
  /** Null where it is not installed. */
  numpy: { version: string } | null
}

export interface Facts {
  debug: boolean
  /** Where pip installs to. */
  packages: string
  isWritable: boolean
  /** PEP 668: the distribution forbids it. */
  isManaged: boolean
}

export type Task = keyof Results

/** One line of what the probe tells, on descriptor 3. */
export type Told =
  | { task: Task; state: 'begun' }
  | { [T in Task]: { task: T; state: 'done'; result: Results[T] } }[Task]
  | { task: Task; state: 'failed'; code: string | null; message: string; libraries: string[] }

const tell = (told: Told) => writeSync(3, `${JSON.stringify(told)}\n`)

/**
 * Runs in a process of its own, which may crash: loads the package, starts Python and asks it. Each
 * task is told when it begins, so that the last one is known.
 */
export async function probe({ start }: Order): Promise<void> {
  const loaded = await attempt('load', load)
  if (loaded === null || start === null) return
  const { python, kw } = loaded.package
  const started = await attempt('start', () => {
    python.start(start)
    return python.info
  })
  if (started === null) return
  for (const name of standardModules) {
    await attempt(name, () => {
      python.import(name)
      return null
    })
  }
  await attempt('facts', () => {
    const scope = python.ref({})
    python.exec(FACTS, scope)
    return python.eval('facts()', scope) as Facts
  })
  await attempt('executable', () => {
    const sys = python.import('sys')
    const command = [sys.executable, '-c', 'import platform; print(platform.python_version())']
    const options = kw({ capture_output: true, text: true, timeout: 20, check: true })
    const { stdout } = python.import('subprocess').run(command, options)
    return { version: String(stdout).trim() }
  })
  await attempt('numpy', () => {
    if (python.import('importlib.util').find_spec('numpy') === null) return null
    return { version: String(python.import('numpy').__version__) }
  })
}

const FACTS = `
def facts():
    import os, sys, sysconfig
    packages = existing = sysconfig.get_path('purelib')
    while not os.path.exists(existing):
        existing = os.path.dirname(existing)
    marker = os.path.join(sysconfig.get_path('stdlib'), 'EXTERNALLY-MANAGED')
    return {
        'debug': hasattr(sys, 'gettotalrefcount'),
        'packages': packages,
        'isWritable': os.access(existing, os.W_OK),
        'isManaged': sys.prefix == sys.base_prefix and os.path.exists(marker),
    }
`

async function load() {
  // The built package itself, as users import it, and not a copy of it in this bundle.
  const url = pathToFileURL(join(root, 'dist', 'index.js')).href
  const loaded = (await import(url)) as typeof Package
  // An import alone does not load the native part.
  const { problem } = loaded.python.info
  if (problem?.code === 'ADDON_NOT_FOUND' || problem?.code === 'START_FAILED') throw problem
  return { package: loaded, libraries: loadedLibraries() }
}

async function attempt<T extends Task, R extends Results[T]>(
  task: T,
  body: () => R | Promise<R>,
): Promise<R | null> {
  tell({ task, state: 'begun' })
  try {
    const result = await body()
    tell({ task, state: 'done', result: plain(result) } as Told)
    return result
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown }
    const text = typeof message === 'string' ? message : String(error)
    const known = typeof code === 'string' ? code : null
    tell({ task, state: 'failed', code: known, message: text, libraries: loadedLibraries() })
    return null
  }
}

/** Without the module itself, which cannot be written as JSON. */
function plain(result: object | null): object | null {
  if (result === null) return null
  const { package: _, ...rest } = result as { package?: unknown }
  return rest
}

export function runProbe(argument: string): Promise<void> {
  process.on('uncaughtException', (error) => {
    console.error(error)
    process.exitCode = 1
  })
  return probe(JSON.parse(argument) as Order)
}
