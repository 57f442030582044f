import { inspect } from 'node:util'
import { receive, receiveReached } from '../convert/decode.js'
import { defaults } from '../convert/defaults.js'
import { encode } from '../convert/encode.js'
import { type Handle, handleKey, handleOf } from '../convert/references.js'
import { type ConversionMode, reachOf } from '../convert/rules.js'
import { BridgeError } from '../errors/bridge-error.js'
import { binding } from '../runtime/binding.js'
import { knownNameId, nameId } from './names.js'

/**
 * A Python object seen from JavaScript. Its properties are Python's attributes, always; a missing
 * one is `undefined`. A callable is called like a function, `proxy[0]` indexes a sequence, `for…of`
 * goes through an iterable, `using` gives it back early.
 *
 * @example
 * const sys = python.import('sys')
 * sys.version_info.major // 3
 */
// biome-ignore lint/suspicious/noExplicitAny: Python's types are not known here; `pybridge types` writes them.
export type PyProxy = any

/** How native code classifies a new proxy (PyProxies::Kind). */
export const Kind = { object: 0, callable: 1, type: 2, function: 3, pythonClass: 4 } as const

/** What the call room supplies: functions that call a Python object. */
export interface Callers {
  callable(handle: PyHandle): (...args: unknown[]) => unknown
  constructible(handle: PyHandle): (...args: unknown[]) => unknown
  construct(handle: PyHandle, args: readonly unknown[]): object
  /** By the table, whatever else is said for the whole bridge. */
  plainly(handle: PyHandle, args: readonly unknown[]): unknown
  /** `fn.async`: the same callable, off this thread. */
  off(handle: PyHandle): (...args: unknown[]) => Promise<unknown>
}

let callers: Callers

export function supplyCallers(supplied: Callers): void {
  callers = supplied
}

/** A function of a Python module of ours, which calls by the table. */
export function plainly(module: string, name: string): (...args: unknown[]) => unknown {
  const handle = handleOf((binding.importModule(module) as PyProxy)[name]) as PyHandle
  return (...args) => callers.plainly(handle, args)
}

const done = Symbol('done')
const index = /^(?:0|[1-9]\d{0,9})$/
const negativeIndex = /^-\d+$/
const maxIndex = 0xffff_ffff

/** Most reads are of an attribute that was read before. */
function get(this: PyHandle, _target: object, key: string | symbol): unknown {
  const name = knownNameId(key)
  return name === undefined ? this.getUncommon(key) : this.getAttribute(key as string, name)
}

/** The traps of one proxy. It is its own target where the object is not callable. */
export class PyHandle implements Handle {
  // The first properties, and its own: V8 looks for a trap on each use, and finds them at once.
  // A callable's target is called, which costs less than a trap.
  readonly apply = undefined
  readonly get = get
  id: number
  /** The id, where a call may go straight to native code; else 0. */
  quick = 0
  self!: object
  error: Error | null = null
  /** What annotations say of its calls; undefined until it is called. The call room's. */
  steering: object | null | undefined
  #released = ''

  constructor(id: number, mayBeSteered = false) {
    this.id = id
    this.steering = mayBeSteered ? undefined : null
  }

  /** How values go there, and what native code is told of those that come from there. */
  get mode(): ConversionMode {
    return defaults.mode
  }

  get rules(): number {
    return defaults.rules
  }

  checkedId(): number {
    if (this.id === 0) throw new BridgeError('RELEASED', this.#released)
    return this.id
  }

  getAttribute(key: string, name: number): unknown {
    const value = receiveReached(binding.getAttribute(this.checkedId(), name, reachOf(this.rules)))
    if (value !== undefined) return value
    if (key === 'toString') return () => convertToString(this.checkedId())
    if (key === 'toJSON') return () => inPython().toJson(this.self)
    return undefined
  }

  /** `fn.async` */
  offThread(): (...args: unknown[]) => Promise<unknown> {
    return callers.off(this)
  }

  /** What `get` was not asked for before, or is no attribute. */
  getUncommon(key: string | symbol): unknown {
    if (typeof key === 'symbol') return this.#getSymbol(key)
    // `async` is a keyword of Python's: no attribute that can be written there is hidden. Its call
    // alone refuses what was released, by its promise.
    if (key === 'async' && typeof this.self === 'function') return this.offThread()
    if (isIndex(key)) return this.getIndexed(key)
    // An object with a `then` that is no promise could never be returned from an async function.
    if (key === 'then') return this.checkedId() && undefined
    return this.getAttribute(key, nameId(key))
  }

  getIndexed(key: string): unknown {
    return receiveReached(binding.getItem(this.checkedId(), Number(key), reachOf(this.rules)))
  }

  #getSymbol(key: symbol): unknown {
    switch (key) {
      case handleKey:
        return this
      case Symbol.iterator:
        return binding.isIterable(this.checkedId()) ? () => this.iterate() : undefined
      case Symbol.toPrimitive:
        return (hint: string) => this.#toPrimitive(hint)
      case Symbol.dispose:
        return () => this.giveBack()
      case inspect.custom:
        return represent
      default:
        return undefined
    }
  }

  #toPrimitive(hint: string): string | number | bigint {
    const id = this.checkedId()
    const number = hint === 'string' ? null : inPython().numberOf(this.self, hint === 'number')
    return number ?? convertToString(id)
  }

  *iterate(): Generator<unknown, void, undefined> {
    const [iterator, copies] = binding.iterate(this.checkedId())
    const handle = handleOf(iterator)
    if (handle === undefined) throw new BridgeError('CONVERSION', 'the iterator is not of Python')
    let value: unknown
    try {
      for (;;) {
        value = this.nextOf(handle as PyHandle, copies)
        if (value === done) return
        yield value
      }
    } finally {
      if (value !== done && handle.id !== 0) inPython().closeGenerator(iterator)
      if (handle.id !== 0) (handle as PyHandle).giveBack()
    }
  }

  /** The next value of an iterator of this object. */
  nextOf(iterator: PyHandle, copies: boolean): unknown {
    const rules = copies ? this.rules : reachOf(this.rules)
    const returned = binding.next(iterator.checkedId(), rules, done)
    return copies ? receive(returned) : receiveReached(returned)
  }

  /** Gives back one acquisition; the last one releases the object. */
  giveBack(): void {
    const released = binding.giveBack(this.checkedId())
    if (released === undefined) return
    this.#released = released
    this.id = 0
    this.quick = 0
  }

  set(_target: object, key: string | symbol, value: unknown): boolean {
    if (typeof key === 'symbol') throw refuseSymbol('set', key)
    this.checkedId()
    if (value === undefined) {
      throw new BridgeError('CONVERSION', `the value of .${key} is undefined; use null for None`)
    }
    // Which may run code that releases this.
    const lanes = encode(value, `the value of .${key}`, this.mode)
    const id = this.checkedId()
    if (isIndex(key)) binding.setItem(id, Number(key), lanes)
    else binding.setAttribute(id, nameId(key), lanes)
    return true
  }

  has(_target: object, key: string | symbol): boolean {
    const id = this.checkedId()
    if (typeof key === 'symbol') return key === Symbol.iterator && binding.isIterable(id)
    if (isIndex(key)) return this.getIndexed(key) !== undefined
    if (key === 'async' && typeof this.self === 'function') return true
    return binding.hasAttribute(id, nameId(key))
  }

  deleteProperty(_target: object, key: string | symbol): boolean {
    if (typeof key === 'symbol') throw refuseSymbol('delete', key)
    binding.deleteAttribute(this.checkedId(), nameId(key))
    return true
  }

  /** `dir()` without the names that Python keeps for itself. */
  ownKeys(): string[] {
    const names = new Set(receive(binding.attributeNames(this.checkedId())) as unknown[])
    return [...names].filter(
      (name): name is string => typeof name === 'string' && !name.startsWith('_'),
    )
  }

  getOwnPropertyDescriptor(target: object, key: string | symbol): PropertyDescriptor | undefined {
    if (typeof key === 'symbol' || !this.has(target, key)) return undefined
    return {
      get: () => this.get(target, key),
      set: (value: unknown) => this.set(target, key, value),
      enumerable: !key.startsWith('_'),
      configurable: true,
    }
  }

  defineProperty(target: object, key: string | symbol, property: PropertyDescriptor): boolean {
    return 'value' in property && this.set(target, key, property.value)
  }

  preventExtensions(): boolean {
    return false
  }

  setPrototypeOf(): boolean {
    return false
  }
}

/** Only classes have this trap: a Proxy of a function calls its target, which costs less. */
class TypeHandle extends PyHandle {
  construct(_target: object, args: unknown[]): object {
    return callers.construct(this, args)
  }
}

function isIndex(key: string): boolean {
  const first = key.charCodeAt(0)
  if (first > 57 || (first < 48 && first !== 45)) return false
  if (negativeIndex.test(key)) {
    throw new BridgeError(
      'INVALID_ARGUMENT',
      `proxy[${key}] would be the attribute named "${key}" in JavaScript`,
      { advice: `write python\`\${proxy}[${key}]\`` },
    )
  }
  return index.test(key) && Number(key) < maxIndex
}

interface InPython {
  numberOf(object: object, must: boolean): number | bigint | null
  toJson(object: object): unknown
  closeGenerator(iterator: object): void
}

let module: InPython | null = null

/** What python/pybridge/object.py answers. */
function inPython(): InPython {
  module ??= {
    numberOf: plainly('pybridge.object', 'number_of') as InPython['numberOf'],
    toJson: plainly('pybridge.object', 'to_json') as InPython['toJson'],
    closeGenerator: plainly('pybridge.object', 'close_generator') as InPython['closeGenerator'],
  }
  return module
}

function convertToString(id: number): string {
  return receive(binding.convertToString(id)) as string
}

function refuseSymbol(verb: string, key: symbol): BridgeError {
  return new BridgeError('INVALID_ARGUMENT', `cannot ${verb} ${key.toString()} on a Python object`)
}

/** `util.inspect` looks through a Proxy at its target, and calls this with the Proxy. */
function represent(this: object): string {
  const handle = handleOf(this)
  if (handle === undefined) return '[Python object]'
  return handle.id === 0 ? '[released Python object]' : binding.represent(handle.id)
}

Object.defineProperty(PyHandle.prototype, inspect.custom, { value: represent })
const callablePrototype = Object.create(Function.prototype, {
  [inspect.custom]: { value: represent },
})

/** The proxy of what is not callable. */
export function proxyOf(handle: PyHandle): object {
  const proxy = new Proxy(handle, handle as object)
  handle.self = proxy
  return proxy
}

/** The proxy of a callable, whose target is a function. */
export function callableProxyOf(handle: PyHandle, target: object): object {
  Object.setPrototypeOf(target, callablePrototype)
  const proxy = new Proxy(target, handle as object)
  handle.self = proxy
  return proxy
}

/** Makes the proxy of a new slot (a hook of native code). */
export function makeProxy(id: number, kind: number): object {
  if (kind === Kind.object) return proxyOf(new PyHandle(id))
  const isType = kind === Kind.type || kind === Kind.pythonClass
  const handle = new (isType ? TypeHandle : PyHandle)(id, kind >= Kind.function)
  return callableProxyOf(handle, isType ? callers.constructible(handle) : callers.callable(handle))
}
