import { AsyncLocalStorage } from 'node:async_hooks'
import { BridgeError } from '../errors/bridge-error.js'
import { ask } from './ask.js'
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
   * Which objects of Python's: a class, with those derived from it (also an abstract one); a function
   * that says so of a class; the name of either, such as `'decimal.Decimal'` or
   * `'dataclasses.is_dataclass'`, which needs no import; or a protocol, by the attribute that its
   * classes have, such as `'__arrow_c_stream__'`.
   */
  python?: object | string
  /** Which objects of JavaScript's: a class, with those derived from it. */
  js?: abstract new (
    ...args: never[]
  ) => Type
  /** What JavaScript gets for an object of Python's; that object itself stays a reference. */
  // biome-ignore lint/suspicious/noExplicitAny: a PyProxy, whose type is not known here.
  toJs?(value: any): unknown
  /**
   * What Python gets for an object of JavaScript's: a proxy, or anything that crosses; that object
   * itself crosses as a reference. What comes from Python while this runs is not converted.
   */
  toPython?(value: Type): unknown
  /**
   * Whether what is reached through an attribute or an item stays a reference: for types that can
   * be changed.
   */
  live?: boolean
}

/** Converters as they are given: one, or several that belong together. */
export type GivenConverters = Converter | readonly GivenConverters[]

/**
 * Those that are in force at a time: some of its own, the last ones first, and then those that were
 * in force where it began.
 */
export class ConverterSet {
  #own: readonly Converter[]
  readonly #outer: ConverterSet | null
  readonly #byType = new Map<number, Converter | null>()
  #byPrototype = new WeakMap<object, Converter | null>()

  constructor(own: readonly Converter[], outer: ConverterSet | null) {
    this.#own = [...own].reverse()
    this.#outer = outer
  }

  get isEmpty(): boolean {
    return this.#own.length === 0 && this.#outer?.isEmpty !== false
  }

  replace(change: (own: readonly Converter[]) => readonly Converter[]): void {
    this.#own = change(this.#own)
    this.#byType.clear()
    this.#byPrototype = new WeakMap()
  }

  forPython(object: object, typeNumber: number): Converter | null {
    let found = this.#byType.get(typeNumber)
    if (found === undefined) {
      found = this.#own.find((one) => isForPython(one, object)) ?? null
      this.#byType.set(typeNumber, found)
    }
    return found ?? this.#outer?.forPython(object, typeNumber) ?? null
  }

  forJs(object: object): Converter | null {
    const prototype = Object.getPrototypeOf(object) as object | null
    return prototype === null ? null : this.#forPrototype(prototype)
  }

  #forPrototype(prototype: object): Converter | null {
    let found = this.#byPrototype.get(prototype)
    if (found === undefined) {
      found = this.#own.find((one) => isForJs(one, prototype)) ?? null
      this.#byPrototype.set(prototype, found)
    }
    if (found !== null || this.#outer === null) return found
    return this.#outer.#forPrototype(prototype)
  }
}

function isForPython({ python, toJs }: Converter, object: object): boolean {
  if (toJs === undefined || python === undefined) return false
  return ask('converters', 'is_of', [object, python]) === true
}

function isForJs({ js, toPython }: Converter, prototype: object): boolean {
  if (js === undefined || toPython === undefined) return false
  const wanted = js.prototype as object
  return wanted === prototype || Object.prototype.isPrototypeOf.call(wanted, prototype)
}

const everywhere = new ConverterSet([], null)
/** None at all, for what crosses by reference. */
export const noConverters = new ConverterSet([], null)
const scopes = new AsyncLocalStorage<ConverterSet>()
/** Whether any were ever given: until then nothing is looked up. */
let areThereAny = false

export function activeConverters(): ConverterSet | null {
  if (!areThereAny) return null
  const set = scopes.getStore() ?? everywhere
  return set.isEmpty ? null : set
}

/** The set that rests while a `toPython` of it runs. */
let resting: ConverterSet | null = null

/** Those for what comes from Python. */
export function activeToJs(): ConverterSet | null {
  const set = activeConverters()
  return set === resting ? null : set
}

/**
 * What Python gets. What is made there in the meantime would come as an object of JavaScript's again,
 * to be made into one of Python's, and so on: so what comes meanwhile is left as it is.
 */
export function applyToPython(converter: Converter, object: object): unknown {
  const before = resting
  resting = activeConverters()
  try {
    return converter.toPython?.(object)
  } finally {
    resting = before
  }
}

/** Puts converters in force; gives what takes them back. */
export function register(given: GivenConverters): () => void {
  const added = checked(given)
  areThereAny = true
  everywhere.replace((own) => [...[...added].reverse(), ...own])
  let isRegistered = true
  return () => {
    if (!isRegistered) return
    isRegistered = false
    // Each once: the same converter may have been registered by somebody else as well.
    everywhere.replace((own) => added.reduce(without, own))
  }
}

function without(own: readonly Converter[], one: Converter): readonly Converter[] {
  const at = own.indexOf(one)
  return [...own.slice(0, at), ...own.slice(at + 1)]
}

/** Runs `body` with these converters in force as well, also in what it awaits. */
export function withConverters<T>(given: GivenConverters, body: () => T): T {
  if (typeof body !== 'function') refuse('withConverters takes converters and a function')
  return within(checked(given))(body)
}

/** The same for converters that are used again and again: what they are for is looked up once. */
export function within(own: readonly Converter[]): <T>(body: () => T) => T {
  areThereAny = true
  const byOuter = new WeakMap<ConverterSet, ConverterSet>()
  return (body) => {
    const outer = scopes.getStore() ?? everywhere
    let set = byOuter.get(outer)
    if (set === undefined) {
      set = new ConverterSet(own, outer)
      byOuter.set(outer, set)
    }
    return scopes.run(set, body)
  }
}

/** Runs `body` with a set that was in force earlier. */
export function resume<T>(set: ConverterSet | null, body: () => T): T {
  const isInForce = set === null || set === (scopes.getStore() ?? everywhere)
  return isInForce ? body() : scopes.run(set, body)
}

/** Runs `body` with none in force: what it uses is ours. */
export function withoutConverters<T>(body: () => T): T {
  return areThereAny ? scopes.run(noConverters, body) : body()
}

/** One after another, each of them checked. */
export function checked(given: GivenConverters): readonly Converter[] {
  const isList = (one: GivenConverters): one is readonly GivenConverters[] => Array.isArray(one)
  if (isList(given)) return given.flatMap((one) => checked(one))
  checkOne(given)
  return [given]
}

function checkOne(one: Converter): void {
  if (typeof one !== 'object' || one === null) {
    refuse('a converter is an object with python and toJs, js and toPython, or all four')
  }
  const { python, js, toJs, toPython, live } = one
  if (toJs === undefined && toPython === undefined) refuse('a converter needs toJs or toPython')
  if ((python === undefined) !== (toJs === undefined)) refuse('python and toJs go together')
  if ((js === undefined) !== (toPython === undefined)) refuse('js and toPython go together')
  checkFunction('toJs', toJs)
  checkFunction('toPython', toPython)
  if (live !== undefined && typeof live !== 'boolean') refuse('live is true or false')
  if (python !== undefined && !isWanted(python)) {
    refuse('python is a class of Python, a function of Python that tells one, or a name')
  }
  if (js !== undefined && !isClass(js)) refuse('js is a class')
}

function checkFunction(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') refuse(`${name} is a function`)
}

/** `builtins.int`, `__len__`: identifiers and dots, in the letters of any language. */
const names = /^[\p{ID_Start}_][\p{ID_Continue}]*(?:\.[\p{ID_Start}_][\p{ID_Continue}]*)*$/u

function isWanted(python: object | string): boolean {
  if (typeof python === 'string') return names.test(python)
  return typeof python === 'function' && handleOf(python) !== undefined
}

function isClass(js: unknown): boolean {
  if (typeof js !== 'function' || handleOf(js) !== undefined) return false
  const prototype: unknown = js.prototype
  return (typeof prototype === 'object' && prototype !== null) || typeof prototype === 'function'
}

function refuse(what: string): never {
  throw new BridgeError('INVALID_ARGUMENT', what)
}
