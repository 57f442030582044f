import { types } from 'node:util'

/** What a proxy of a Python object answers to `handleKey`. The object room makes them. */
export interface Handle {
  /** Names the Python object in native code; 0 after its release. */
  readonly id: number
  readonly self: object
  /** The Error that stands for it, where it is an exception that was raised. */
  error: Error | null
  /** Throws RELEASED where `id` is 0. */
  checkedId(): number
}

/** Asked of a Proxy only, to find out whether it is one of ours. */
export const handleKey: unique symbol = Symbol('pybridge.handle')

/** A PythonError answers with its exception; the object room defines it. */
export const exceptionKey: unique symbol = Symbol('pybridge.exception')

/** Other errors that stand for a Python exception. The object room fills it. */
export const exceptionProxies = new WeakMap<object, object>()

/** The proxy of the exception that an error stands for. */
export function exceptionOf(error: object): object | undefined {
  // A property costs the collector less than a WeakMap; only an error that is no Proxy is asked.
  if (!types.isNativeError(error)) return undefined
  return (error as { [exceptionKey]?: object })[exceptionKey] ?? exceptionProxies.get(error)
}

/**
 * The handle of a proxy of ours. Another Proxy may answer with anything, even with the handle of a
 * proxy that it wraps, so the handle must know this very object.
 *
 * @throws whatever a trap of a foreign Proxy throws
 */
export function handleOf(value: object): Handle | undefined {
  if (!types.isProxy(value)) return undefined
  const handle = (value as { [handleKey]?: Handle })[handleKey]
  return handle?.self === value ? handle : undefined
}

const numbers = new WeakMap<object, number>()
let last = 0

/** The number of a JavaScript object that Python refers to. Never used twice. */
export function numberOf(object: object | symbol): number {
  if (typeof object === 'symbol') return ++last // not every symbol can be the key of a WeakMap
  let number = numbers.get(object)
  if (number === undefined) {
    number = ++last
    numbers.set(object, number)
  }
  return number
}
