import { types } from 'node:util'
import { encode } from '../convert/encode.js'
import { handleOf } from '../convert/references.js'
import { BridgeError } from '../errors/bridge-error.js'
import type { PyProxy } from '../object/py-proxy.js'
import { watch } from '../object/sweep.js'
import { binding, onOpen } from '../runtime/binding.js'
import { startInEnv } from '../runtime/env/index.js'
import type { EnvOptions } from '../runtime/env/options.js'
import {
  ensureStarted,
  info,
  onStart,
  type PythonInfo,
  type StartOptions,
  start,
} from '../runtime/start.js'
import { connect } from './connect.js'
import { Keywords } from './keywords.js'
import { withOptions } from './with-options.js'

/** Names for {@link Python.eval} and {@link Python.exec}: a dict of Python's, or a plain object. */
export type Scope = PyProxy | Readonly<Record<string, unknown>>

/** The Python of this process. Calling it as a template tag runs Python with values bound. */
export interface Python {
  /**
   * An expression, or statements whose last expression is the value. Interpolated values are bound
   * as variables, never pasted as text; names that are assigned stay inside.
   *
   * @example
   * const rows = [[1, 2], [3, 4]]
   * python`[sum(row) for row in ${rows}]` // [3, 7]
   */
  (strings: TemplateStringsArray, ...values: unknown[]): PyProxy

  /**
   * Starts Python with a choice of interpreter. Without it, the first use starts Python with the
   * default choice. The same choice again does nothing.
   *
   * @example
   * python.start({ venv: '.venv' })
   *
   * @throws {@link BridgeError} that names what is wrong and the command that mends it;
   * `ALREADY_STARTED` for another choice
   */
  start(options?: StartOptions): void

  /**
   * Starts Python in an environment that holds the packages that are asked for. The first time, uv
   * builds it, which takes as long as the packages are large; it is kept in the user's cache, and
   * from then on found without uv or a network. Processes that ask at once build it once.
   *
   * @example
   * await python.env({ requires: ['numpy>=2'], python: '>=3.11' })
   * const np = python.import('numpy')
   *
   * @throws {@link BridgeError} `UV_NOT_FOUND`; `ENV_FAILED` with uv's own message; what
   * {@link Python.start} throws
   */
  env(options: EnvOptions): Promise<void>

  /**
   * Imports a module, also a dotted one.
   *
   * @example
   * const math = python.import('math')
   * math.sqrt(9) // 3
   *
   * @throws {@link PythonError} if the import raises
   */
  import(name: string): PyProxy

  /**
   * The value of an expression, in the namespace of `__main__` unless a scope is given.
   *
   * @example
   * python.eval('2 ** 100') // 1267650600228229401496703205376n
   */
  eval(source: string, scope?: Scope): PyProxy

  /**
   * Runs statements, in the namespace of `__main__` unless a scope is given. Names assigned in a
   * scope that is a plain object stay in Python's copy of it: pass `python.ref({})` to read them.
   *
   * @example
   * python.exec('def double(x): return 2 * x')
   * python.eval('double')(21) // 42
   */
  exec(source: string, scope?: Scope): void

  /** Runs a file as `python FILE` does, with `__name__ == '__main__'`; gives its globals. */
  run(path: string): PyProxy

  /**
   * Converts a value to Python and keeps it there.
   *
   * @example
   * const list = python.ref([1, 2])
   * list.append(3)
   * python.copy(list) // [1, 2, 3]
   *
   * @throws {@link BridgeError} `CONVERSION` if the value cannot cross
   */
  ref(value: unknown): PyProxy

  /**
   * Copies what a proxy holds, where the conversion table has a copy of it.
   *
   * @param options.depth levels of containers to copy; deeper ones stay proxies
   */
  copy(proxy: PyProxy, options?: { depth?: number }): PyProxy

  /**
   * Keeps this thread attached to Python while `body` runs: the same results, and about half the
   * cost of a small call. No other Python thread runs meanwhile, so `body` must not wait for one.
   *
   * @example
   * const { hypot } = python.import('math')
   * python.attached(() => {
   *   let sum = 0
   *   for (let i = 0; i < 1000; i++) sum += hypot(i, 1)
   *   return sum
   * })
   *
   * @throws {@link BridgeError} `INVALID_ARGUMENT` for an async function, or one that returns a promise
   */
  attached<T>(body: () => T): T

  /** The module `builtins`. */
  readonly builtins: PyProxy

  /** The version, such as `3.11.7`. */
  readonly version: string

  /** Which Python was chosen, and why, step by step. Starts nothing. */
  readonly info: PythonInfo
}

const allDepths = 0xffff_ffff

interface Runner {
  evaluate(source: string, scope: Scope | null): unknown
  execute(source: string, scope: Scope | null): unknown
  run_path(path: string): unknown
  template(strings: readonly string[]): (...values: unknown[]) => unknown
}

let loaded: Runner | null = null

/** The functions of python/pybridge/call.py, each held once: reading an attribute costs a call. */
function runner(): Runner {
  if (loaded === null) {
    ensureStarted()
    const { evaluate, execute, run_path, template } = binding.importModule(
      'pybridge.call',
    ) as PyProxy
    loaded = {
      evaluate,
      execute,
      run_path: withOptions(run_path, { returns: 'ref' }),
      template,
    }
  }
  return loaded
}

function text(value: unknown, where: string): string {
  if (typeof value === 'string') return value
  throw new BridgeError('INVALID_ARGUMENT', `${where} takes a string, not ${typeof value}`)
}

/** Escapes are Python's to read, but for the two that a template literal needs itself. */
function pythonSource(raw: string): string {
  return raw.replace(/\\(?:(`|\$(?=\{))|[\s\S])/g, (whole, char?: string) => char ?? whole)
}

const templates = new WeakMap<TemplateStringsArray, (...values: unknown[]) => unknown>()

function tag(strings: TemplateStringsArray, ...values: unknown[]): unknown {
  let run = templates.get(strings)
  if (run === undefined) {
    if (!Array.isArray(strings) || !Object.hasOwn(strings, 'raw')) {
      throw new BridgeError('INVALID_ARGUMENT', 'python is a template tag: write python`1 + 1`')
    }
    run = runner().template(strings.raw.map(pythonSource))
    templates.set(strings, run)
  }
  const missing = values.indexOf(undefined)
  if (missing !== -1) {
    throw new BridgeError(
      'CONVERSION',
      `value ${missing} of the tag is undefined; use null for None`,
    )
  }
  if (values.at(-1) instanceof Keywords) {
    throw new BridgeError('CONVERSION', 'Keywords are no value of the tag: write them in Python')
  }
  return run(...values)
}

function copy(proxy: PyProxy, options: { depth?: number } = {}): unknown {
  const isObject = (typeof proxy === 'object' && proxy !== null) || typeof proxy === 'function'
  const handle = isObject ? handleOf(proxy) : undefined
  if (handle === undefined) return proxy
  const { depth = allDepths } = options
  if (!(Number.isInteger(depth) || depth === Number.POSITIVE_INFINITY) || depth < 0) {
    throw new BridgeError('INVALID_ARGUMENT', 'the depth of a copy is an integer from 0')
  }
  return binding.copy(handle.checkedId(), Math.min(depth, allDepths))
}

function attached<T>(body: () => T): T {
  if (typeof body !== 'function') {
    throw new BridgeError('INVALID_ARGUMENT', 'python.attached takes a function')
  }
  if (types.isAsyncFunction(body)) throw refuseAsync()
  ensureStarted()
  const result = binding.stayAttached(body)
  if (types.isPromise(result)) throw refuseAsync()
  return result
}

function refuseAsync(): BridgeError {
  return new BridgeError(
    'INVALID_ARGUMENT',
    'python.attached takes a function that ends in one turn: it cannot be async',
  )
}

const surface = {
  start,
  env: startInEnv,
  import(name: string): unknown {
    ensureStarted()
    return binding.importModule(text(name, 'python.import'))
  },
  eval: (source: string, scope?: Scope) =>
    runner().evaluate(text(source, 'python.eval'), scope ?? null),
  exec(source: string, scope?: Scope): void {
    runner().execute(text(source, 'python.exec'), scope ?? null)
  },
  run: (path: string) => runner().run_path(text(path, 'python.run')),
  ref(value: unknown): unknown {
    ensureStarted()
    return binding.reference(encode(value))
  },
  copy,
  attached,
  get builtins(): unknown {
    ensureStarted()
    return binding.importModule('builtins')
  },
  get version(): string {
    ensureStarted()
    const { major, minor, micro } = (binding.importModule('sys') as PyProxy).version_info
    return `${major}.${minor}.${micro}`
  },
  get info(): PythonInfo {
    return info()
  },
}

onOpen(() => {
  connect()
  watch()
})
onStart(({ path = [], argv = null, switchInterval = null }) => {
  const boot = binding.importModule('pybridge._boot') as PyProxy
  boot.configure(path, argv, switchInterval)
})

/** The Python of this process. Importing it starts nothing; the first use does. */
export const python: Python = Object.defineProperties(
  tag,
  Object.getOwnPropertyDescriptors(surface),
) as unknown as Python
