import { AsyncLocalStorage } from 'node:async_hooks'
import { types } from 'node:util'
import { BridgeError } from '../errors/bridge-error.js'
import { binding } from '../runtime/binding.js'
import { PyDate } from './py-date.js'
import { handleOf } from './references.js'

/**
 * How a type crosses that the table leaves a reference: one way, or both.
 *
 * @example
 * python.register({
 *   python: 'fractions.Fraction',
 *   toJs: (value) => value.numerator / value.denominator,
 * })
 */
export interface Converter<Type = unknown> {
  /**
   * Which objects of Python's: a class, with those derived from it (also an abstract one); the name
   * of a class, such as `'decimal.Decimal'`, which needs no import; or a protocol, by the attribute
   * that its classes have, such as `'__arrow_c_stream__'`.
   */
  python?: object | string
  /** Which objects of JavaScript's: a class, with those derived from it. */
  js?: abstract new (
    ...args: never[]
  ) => Type
  /** What JavaScript gets for an object of Python's. */
  // biome-ignore lint/suspicious/noExplicitAny: a PyProxy, whose type is not known here.
  toJs?(value: any): unknown
  /** What Python gets for an object of JavaScript's: a proxy, or anything that crosses. */
  toPython?(value: Type): unknown
  /**
   * Whether what is reached through an attribute or an item stays a reference: for types that can
   * be changed.
   */
  live?: boolean
}

/** Those that are in force at a time, the last ones first. */
export class ConverterSet {
  readonly #converters: readonly Converter[]
  readonly #byType = new Map<number, Converter | null>()
  readonly #byPrototype = new WeakMap<object, Converter | null>()

  constructor(converters: readonly Converter[]) {
    this.#converters = converters
  }

  with(more: readonly Converter[]): ConverterSet {
    return new ConverterSet([...[...more].reverse(), ...this.#converters])
  }

  forPython(object: object, typeNumber: number): Converter | null {
    let found = this.#byType.get(typeNumber)
    if (found === undefined) {
      found = this.#converters.find((one) => isForPython(one, object)) ?? null
      this.#byType.set(typeNumber, found)
    }
    return found
  }

  forJs(object: object): Converter | null {
    const prototype = Object.getPrototypeOf(object) as object | null
    if (prototype === null) return null
    let found = this.#byPrototype.get(prototype)
    if (found === undefined) {
      found = this.#converters.find((one) => isForJs(one, object)) ?? null
      this.#byPrototype.set(prototype, found)
    }
    return found
  }
}

function isForPython({ python, toJs }: Converter, object: object): boolean {
  if (toJs === undefined || python === undefined) return false
  return asked().is_of(object, python)
}

function isForJs({ js, toPython }: Converter, object: object): boolean {
  return (
    js !== undefined &&
    toPython !== undefined &&
    js.prototype.isPrototypeOf.call(js.prototype, object)
  )
}

interface InPython {
  is_of(object: object, python: object | string): boolean
}

let module: InPython | null = null

/** python/pybridge/converters.py */
function asked(): InPython {
  module ??= binding.importModule('pybridge.converters') as InPython
  return module
}

const none = new ConverterSet([])
let everywhere = none
const scopes = new AsyncLocalStorage<ConverterSet>()
/** Whether any were ever registered: until then nothing is looked up. */
let areThereAny = false

export function activeConverters(): ConverterSet | null {
  return areThereAny ? (scopes.getStore() ?? everywhere) : null
}

export function register(converter: Converter): void {
  check([converter])
  areThereAny = true
  everywhere = everywhere.with([converter])
}

/** Runs `body` with these converters in force as well, also in what it awaits. */
export function withConverters<T>(converters: readonly Converter[], body: () => T): T {
  check(converters)
  areThereAny = true
  return scopes.run((scopes.getStore() ?? everywhere).with(converters), body)
}

/** Runs `body` with a set that was in force earlier. */
export function resume<T>(set: ConverterSet | null, body: () => T): T {
  return set === null ? body() : scopes.run(set, body)
}

function check(converters: readonly Converter[]): void {
  for (const one of converters) {
    if (typeof one !== 'object' || one === null)
      refuse('takes an object with python, js, toJs or toPython')
    const { python, js, toJs, toPython } = one
    const isNamed = typeof python === 'string' || isProxyOfPython(python)
    if (toJs === undefined && toPython === undefined) refuse('needs toJs or toPython')
    if (toJs !== undefined && (typeof toJs !== 'function' || !isNamed)) {
      refuse('needs `python`, a class or its name, and a function toJs')
    }
    if (toPython !== undefined && (typeof toPython !== 'function' || typeof js !== 'function')) {
      refuse('needs `js`, a class, and a function toPython')
    }
  }
}

function refuse(what: string): never {
  throw new BridgeError('INVALID_ARGUMENT', `a converter ${what}`)
}

function isProxyOfPython(value: unknown): boolean {
  const isObject = typeof value === 'function' || (typeof value === 'object' && value !== null)
  return isObject && handleOf(value as object) !== undefined
}

/** What a reference becomes; itself where there is no converter. */
export function convertToJs(set: ConverterSet, value: unknown, isReached: boolean): unknown {
  if (value instanceof PyDate) return apply(set.forPython(value, -1), value, isReached)
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return value
  if (!types.isProxy(value)) return value
  const handle = handleOf(value)
  if (handle === undefined) return value
  return apply(set.forPython(value, binding.typeNumber(handle.checkedId())), value, isReached)
}

function apply(converter: Converter | null, value: unknown, isReached: boolean): unknown {
  if (converter?.toJs === undefined || (isReached && converter.live === true)) return value
  return converter.toJs(value)
}
