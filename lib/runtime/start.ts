import process from 'node:process'
import { isMainThread } from 'node:worker_threads'
import { BridgeError } from '../errors/bridge-error.js'
import { binding, type NativeStarted, packageFolder } from './binding.js'
import { explain, type Located, locate, type Step } from './locate/index.js'

/** What {@link Python.start} takes. Everything is optional. */
export interface StartOptions {
  /** An executable, a command on PATH, a prefix or a virtual environment. */
  python?: string
  /** The folder of a virtual environment. */
  venv?: string
  /** Folders that go first on `sys.path`. */
  path?: readonly string[]
  /** `sys.argv`; `['']` by default. */
  argv?: readonly string[]
}

/** Which Python was chosen, and why. Reading it starts nothing and never throws. */
export interface PythonInfo {
  started: boolean
  /** The full version once started (`3.11.7`), before that what the library is named for (`3.11`). */
  version: string | null
  executable: string | null
  library: string | null
  prefix: string | null
  venv: string | null
  freeThreaded: boolean
  /** Where Python was looked for, in order, and what was found there. */
  steps: Step[]
  /** Why no Python can be used. */
  problem: BridgeError | null
  /** How this build of pybridge reaches into this Python; null before the start. */
  internals: {
    deepbind: boolean
    layouts: NativeStarted['layouts']
    loadMilliseconds: number
    initializeMilliseconds: number
  } | null
}

/** What the first start chose, for every thread and every copy of this module. */
interface Story {
  located: Located
  options: string
}

interface Running extends Story {
  native: NativeStarted
}

let running: Running | null = null

function adopt(native: NativeStarted): Running {
  running = { ...(JSON.parse(native.story) as Story), native }
  return running
}

/** Another thread, or another copy of this module, may have started Python already. */
function join(): Running | null {
  if (running !== null) return running
  const native = binding.join()
  return native === undefined ? null : adopt(native)
}

const known = new Set(['python', 'venv', 'path', 'argv'])

function check(options: StartOptions): void {
  if (typeof options !== 'object' || options === null) {
    throw new BridgeError('INVALID_ARGUMENT', 'python.start takes an object of options')
  }
  for (const [name, value] of Object.entries(options)) {
    if (!known.has(name)) {
      throw new BridgeError('INVALID_ARGUMENT', `python.start has no option ${name}`, {
        advice: `it has ${[...known].join(', ')}`,
      })
    }
    const isList = name === 'path' || name === 'argv'
    const fits = isList
      ? Array.isArray(value) && value.every((item) => typeof item === 'string')
      : typeof value === 'string'
    if (value !== undefined && !fits) {
      throw new BridgeError(
        'INVALID_ARGUMENT',
        `python.start: ${name} is ${isList ? 'an array of strings' : 'a string'}`,
      )
    }
  }
}

/** What must be done as soon as Python runs; the call room knows how. */
export type Configure = (path: readonly string[], argv: readonly string[] | null) => void

let configure: Configure = () => {}

export function onStart(supplied: Configure): void {
  configure = supplied
}

/**
 * Starts Python, once for the process. The same choice again does nothing.
 *
 * @throws {@link BridgeError} with the code of what is wrong
 */
export function start(options: StartOptions = {}): void {
  check(options)
  const chosen = JSON.stringify(options, [...known])
  const before = join()
  if (before !== null) {
    if (chosen === '{}' || chosen === before.options) return
    throw new BridgeError('ALREADY_STARTED', `${chosen} after ${before.options}`)
  }
  if (!isMainThread) throw new BridgeError('START_ON_MAIN')
  const located = locate({ python: options.python, venv: options.venv })
  const native = binding.start({
    library: located.library,
    executable: located.executable,
    package: packageFolder,
    layouts: process.env.PYBRIDGE_LAYOUTS !== 'off',
    story: JSON.stringify({ located, options: chosen } satisfies Story),
  })
  adopt(native)
  endWithProcess()
  configure(options.path ?? [], options.argv ?? null)
}

/** A natural end, where nothing is left to do, waits for Python's threads; process.exit does not. */
function endWithProcess(): void {
  let isNatural = false
  process.on('beforeExit', () => {
    binding.joinThreads()
    isNatural = true
    // Another listener may have found something to do: then the loop runs on.
    setImmediate(() => {
      isNatural = false
    }).unref()
  })
  process.on('exit', () => binding.end(isNatural))
}

/** Starts Python with the default choice, if it does not run yet. */
export function ensureStarted(): void {
  if (running === null) start()
}

type Choice = Pick<PythonInfo, 'version' | 'executable' | 'library' | 'prefix' | 'venv'>

function choice(located: Located): Choice {
  const { version, executable, library, prefix, venv } = located
  return { version, executable, library, prefix, venv }
}

const noChoice: Choice = {
  version: null,
  executable: null,
  library: null,
  prefix: null,
  venv: null,
}

function runningInfo({ located, native }: Running): PythonInfo {
  return {
    started: true,
    ...choice(located),
    version: native.version.split(' ')[0] ?? native.version,
    freeThreaded: native.freeThreaded,
    steps: located.steps,
    problem: null,
    internals: {
      deepbind: native.deepbind,
      layouts: native.layouts,
      loadMilliseconds: native.loadMilliseconds,
      initializeMilliseconds: native.initializeMilliseconds,
    },
  }
}

/** What runs, or what a start without options would choose, or why it could not. */
export function info(): PythonInfo {
  const now = join()
  if (now !== null) return runningInfo(now)
  const { located, steps, problem } = explain()
  return {
    started: false,
    ...(located === null ? noChoice : choice(located)),
    freeThreaded: false,
    steps,
    problem,
    internals: null,
  }
}
