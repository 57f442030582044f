import process from 'node:process'
import { BridgeError } from '../errors/bridge-error.js'
import { binding, type NativeStarted, openBinding } from './binding.js'
import { type ConversionMode, isMode, modes } from './conversion-mode.js'
import { endWithProcess, endWorkersFirst } from './end.js'
import { jsThreads } from './js-thread.js'
import { explain, locate } from './locate/index.js'
import type { Located } from './locate/located.js'
import type { Step } from './locate/step.js'
import { packageFolder } from './package.js'
import { shareSignals } from './signals.js'

/** What {@link Python.start} takes. Everything is optional. */
export interface StartOptions {
  /** An executable, a command on PATH, a prefix or a virtual environment. */
  python?: string
  /** The folder of a virtual environment. */
  venv?: string
  /**
   * The versions that will do: `'3.12'`, `'3.13t'` (free-threaded), `'>=3.11'`, `'>=3.10,<3.14'`, as
   * in `requires-python`. What names a Python of another version is refused with `WRONG_VERSION`;
   * where nothing names one, one of these versions is looked for.
   */
  version?: string
  /** Folders that go first on `sys.path`. */
  path?: readonly string[]
  /** `sys.argv`; `['']` by default. */
  argv?: readonly string[]
  /**
   * Whether Python and Node share signals (default): Ctrl-C raises `KeyboardInterrupt` inside
   * Python, and `signal.signal` and `process.on` of one signal both work. `false` leaves them to Node.
   */
  signals?: boolean
  /**
   * Milliseconds for which the thread of a JavaScript function may be blocked before a call from
   * another thread gives up with `WOULD_BLOCK`; 5000 by default.
   */
  callbackTimeout?: number
  /** Milliseconds for which a sync call may hold an event loop before it is warned of; 100 by default, 0 for never. */
  slowCall?: number
  /** Threads for `.async` calls. */
  threads?: {
    /** Those that compute at once; 4 by default, without a GIL one for each core where there are more. */
    busy?: number
    /** All of them, with those that wait for something outside Python; 32 by default. */
    max?: number
  }
  /**
   * Seconds after which Python's threads take turns (`sys.setswitchinterval`); 0.005 by default. A
   * shorter one lets small calls in sooner while a Python thread computes, and costs that thread
   * more: docs/threads.md has the figures.
   */
  switchInterval?: number
  /**
   * How values cross, each way, wherever nothing else is said: `'auto'` (default), `'exact'`,
   * `'strict'`, `'json'` or `'ref'`. docs/conversion.md has the table of each.
   */
  mode?: ConversionMode
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
    /** What other threads wake the event loop by: docs/support.md. */
    loop: NativeStarted['loop']
    /**
     * Whether memory of JavaScript's can be held, and Python's be given back at once; where not, an
     * ArrayBuffer is copied on its way to Python.
     */
    backingStores: boolean
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
  know(JSON.parse(running.options) as StartOptions)
  endWorkersFirst()
  if (jsThreads().isMainThread) {
    endWithProcess()
    shareSignals()
  }
  return running
}

/** Another thread, or another copy of this module, may have started Python already. */
function join(): Running | null {
  if (running !== null) return running
  openBinding()
  const native = binding.join()
  return native === undefined ? null : adopt(native)
}

type Check = (value: unknown) => boolean

const isString: Check = (value) => typeof value === 'string'
const isStrings: Check = (value) => Array.isArray(value) && value.every(isString)
const isBoolean: Check = (value) => typeof value === 'boolean'
const isDuration: Check = (value) => typeof value === 'number' && value >= 0 && value < 2 ** 40
const isCount: Check = (value) =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) < 2 ** 31
const isThreads: Check = (value) =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.entries(value).every(
    ([name, count]) =>
      (name === 'busy' || name === 'max') && (count === undefined || isCount(count)),
  )

const known: Record<keyof StartOptions, [Check, string]> = {
  python: [isString, 'a string'],
  venv: [isString, 'a string'],
  version: [isString, 'a string'],
  path: [isStrings, 'an array of strings'],
  argv: [isStrings, 'an array of strings'],
  signals: [isBoolean, 'true or false'],
  callbackTimeout: [isDuration, 'a number of milliseconds'],
  slowCall: [isDuration, 'a number of milliseconds'],
  threads: [isThreads, 'an object with the whole numbers busy and max, from 1'],
  mode: [isMode, `one of ${modes.join(', ')}`],
  switchInterval: [(value) => isDuration(value) && value !== 0, 'a number of seconds, above 0'],
}

function check(options: StartOptions): void {
  if (typeof options !== 'object' || options === null) {
    throw new BridgeError('INVALID_ARGUMENT', 'python.start takes an object of options')
  }
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(known, name)) {
      throw new BridgeError('INVALID_ARGUMENT', `python.start has no option ${name}`, {
        advice: `it has ${Object.keys(known).join(', ')}`,
      })
    }
    const [fits, what] = known[name as keyof StartOptions]
    if (value !== undefined && !fits(value)) {
      throw new BridgeError('INVALID_ARGUMENT', `python.start: ${name} is ${what}`)
    }
  }
}

/** What must be done as soon as Python runs; the call room knows how. */
export type Configure = (options: StartOptions) => void

let configure: Configure = () => {}

let know: Configure = () => {}

/** What each thread must know of what Python was started with; the call room knows how. */
export function onAdopt(supplied: Configure): void {
  know = supplied
}

export function onStart(supplied: Configure): void {
  configure = supplied
}

/**
 * Starts Python, once for the process. The same choice again does nothing.
 *
 * @throws {@link BridgeError} with the code of what is wrong
 */
export function start(options: StartOptions = {}): void {
  if (isStartedWith(options)) return
  const { python, venv, version } = options
  startLocated(options, locate({ python, venv, version }))
}

/**
 * Whether Python runs already, with this choice.
 *
 * @throws {@link BridgeError} `ALREADY_STARTED` where it runs with another
 */
export function isStartedWith(options: StartOptions): boolean {
  check(options)
  return isStarted(choiceOf(options))
}

function choiceOf(options: StartOptions): string {
  return JSON.stringify(options, [...Object.keys(known), 'busy', 'max'])
}

/** Starts the Python that was found for these options. */
export function startLocated(options: StartOptions, located: Located): void {
  const chosen = choiceOf(options)
  const { isMainThread } = jsThreads()
  if (!isMainThread) {
    binding.startOnMain(chosen)
    if (isStarted(chosen)) return
  }
  const native = binding.start({
    library: located.library,
    executable: located.executable,
    package: packageFolder,
    layouts: process.env.PYBRIDGE_LAYOUTS !== 'off',
    story: JSON.stringify({ located, options: chosen } satisfies Story),
    here: isMainThread,
    signals: options.signals ?? true,
    callbackTimeout: options.callbackTimeout ?? 5000,
    slowCall: options.slowCall ?? 100,
    busyThreads: options.threads?.busy ?? 0,
    maxThreads: options.threads?.max ?? 32,
  })
  if (native === undefined) {
    isStarted(chosen)
    return
  }
  adopt(native)
  configure(options)
}

/** Whether Python runs already, with this choice. */
function isStarted(chosen: string): boolean {
  const before = join()
  if (before === null || chosen === '{}' || chosen === before.options) return before !== null
  throw new BridgeError('ALREADY_STARTED', `${chosen} after ${before.options}`)
}

/** A worker asks this thread, the main one, to start Python with the worker's choice. */
export function startHere(options: string): void {
  start(JSON.parse(options) as StartOptions)
}

/** What Python was started with. */
export function givenOptions(): StartOptions {
  return running === null ? {} : (JSON.parse(running.options) as StartOptions)
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
      loop: native.loop,
      backingStores: native.backingStores,
      layouts: native.layouts,
      loadMilliseconds: native.loadMilliseconds,
      initializeMilliseconds: native.initializeMilliseconds,
    },
  }
}

/** What runs, or what a start without options would choose, or why it could not. */
export function info(): PythonInfo {
  let loading: BridgeError | null = null
  try {
    const now = join()
    if (now !== null) return runningInfo(now)
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error
    loading = error
  }
  const { located, steps, problem } = explain()
  return {
    started: false,
    ...(located === null ? noChoice : choice(located)),
    freeThreaded: false,
    steps,
    problem: loading ?? problem,
    internals: null,
  }
}
