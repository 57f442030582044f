// What `python` does, loaded when it is first asked to.
import { types } from 'node:util'
import {
  type GivenConverters,
  register,
  withConverters,
  withoutConverters,
} from '../convert/converters.js'
import { receive } from '../convert/decode.js'
import { defaults, setDefaults } from '../convert/defaults.js'
import { encode } from '../convert/encode.js'
import { isMemory, jsMemoryOf } from '../convert/js-memory.js'
import { handleOf } from '../convert/references.js'
import { Rule } from '../convert/rules.js'
import { BridgeError } from '../errors/bridge-error.js'
import * as both from '../memory/index.js'
import type { ArrowTable, MemoryOptions, TableOptions, ViewOptions } from '../memory/options.js'
import type { PyBuffer } from '../memory/py-buffer.js'
import { type PyHandle, type PyProxy, plainly } from '../object/py-proxy.js'
import { watch } from '../object/sweep.js'
import { pyHandleOf } from '../object/view.js'
import { binding, onOpen } from '../runtime/binding.js'
import { ensureStarted, onAdopt, onStart } from '../runtime/start.js'
import { callWith } from './callable.js'
import { connect } from './connect.js'
import { type Display, type DisplayOptions, show, showOff } from './display.js'
import { Keywords } from './keywords.js'
import type { Scope } from './python.js'

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
    loaded = withoutConverters(load)
  }
  return loaded
}

function load(): Runner {
  const template = caller('template', Rule.copy) as Runner['template']
  return {
    evaluate: caller('evaluate', defaults.rules) as Runner['evaluate'],
    execute: caller('execute', Rule.copy) as Runner['execute'],
    run_path: caller('run_path', Rule.reference) as Runner['run_path'],
    template: (strings) => withoutConverters(() => template(strings)),
  }
}

/** Their arguments are ours, but for a scope; their results may be the user's. */
function caller(name: string, rules: number): (...args: unknown[]) => unknown {
  const handle = pyHandleOf((binding.importModule('pybridge.call') as PyProxy)[name]) as PyHandle
  const { mode } = defaults
  const args = mode === 'exact' || mode === 'strict' ? mode : 'auto'
  return (...given) => callWith(handle, given, args, rules)
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

/** A template of Python, run with its values bound. */
export function tag(strings: TemplateStringsArray, ...values: unknown[]): unknown {
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

/** What the table makes of an object that is held by reference. */
export function copy(proxy: PyProxy, options: { depth?: number } = {}): unknown {
  const isObject = (typeof proxy === 'object' && proxy !== null) || typeof proxy === 'function'
  const handle = isObject ? handleOf(proxy) : undefined
  if (handle === undefined) return proxy
  const { depth = allDepths } = options
  if (!(Number.isInteger(depth) || depth === Number.POSITIVE_INFINITY) || depth < 0) {
    throw new BridgeError('INVALID_ARGUMENT', 'the depth of a copy is an integer from 0')
  }
  return receive(binding.copy(handle.checkedId(), Math.min(depth, allDepths), copyRules()))
}

/** A copy is asked for: also where nothing is copied otherwise. */
function copyRules(): number {
  return defaults.rules === Rule.reference ? Rule.copy : defaults.rules
}

/** Runs `body` without letting other Python threads in between. */
export function attached<T>(body: () => T): T {
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

export function registerConverters(given: GivenConverters): () => void {
  return register(given)
}

export function withConvertersIn<T>(given: GivenConverters, body: () => T): T {
  return withConverters(given, body)
}

export function view(value: PyProxy, options?: ViewOptions): PyBuffer {
  ensureStarted()
  return both.viewOf(value, options)
}

/** Memory of JavaScript's for Python, with a shape. */
export function memory(value: object, options?: MemoryOptions): PyProxy {
  ensureStarted()
  const isObject = typeof value === 'object' && value !== null
  if (!isObject || !isMemory(value)) {
    throw new BridgeError(
      'INVALID_ARGUMENT',
      'python.memory takes a typed array, a DataView or an ArrayBuffer',
    )
  }
  const refuse = (detail: string, advice: string): never => {
    throw new BridgeError('CONVERSION', `the argument ${detail}`, { advice })
  }
  return both.memoryOf(jsMemoryOf(value, refuse), options)
}

export function table(value: unknown, options?: TableOptions): ArrowTable & PyProxy {
  ensureStarted()
  return both.tableFor(value, options) as ArrowTable & PyProxy
}

export function tables(value: PyProxy, options?: TableOptions): IterableIterator<ArrowTable> {
  ensureStarted()
  return both.batchesFor(value, options)
}

export function vector(value: PyProxy, options?: TableOptions): unknown {
  ensureStarted()
  return both.columnFor(value, options)
}

export function display(value: unknown, options?: DisplayOptions): Display {
  return show(reference(value), options)
}

export async function displayOff(value: unknown, options?: DisplayOptions): Promise<Display> {
  return await showOff(reference(value), options)
}

export function importModule(name: string): PyProxy {
  ensureStarted()
  return binding.importModule(text(name, 'python.import')) as PyProxy
}

export function evaluate(source: string, scope?: Scope): PyProxy {
  return runner().evaluate(text(source, 'python.eval'), scope ?? null) as PyProxy
}

export function execute(source: string, scope?: Scope): void {
  runner().execute(text(source, 'python.exec'), scope ?? null)
}

export function runFile(path: string): PyProxy {
  return runner().run_path(text(path, 'python.run')) as PyProxy
}

export function reference(value: unknown): PyProxy {
  ensureStarted()
  return binding.reference(encode(value, 'the value', defaults.mode)) as PyProxy
}

export function version(): string {
  const { major, minor, micro } = importModule('sys').version_info
  return `${major}.${minor}.${micro}`
}

onOpen(() => {
  connect()
  watch()
})
onAdopt(({ mode = 'auto' }) => {
  if (mode === 'auto') return
  setDefaults(mode, mode)
  binding.setRules(defaults.rules)
})
onStart(({ path = [], argv = null, switchInterval = null }) => {
  plainly('pybridge._boot', 'configure')(path, argv, switchInterval)
})
