import { types } from 'node:util'
import { BridgeError } from '../errors/bridge-error.js'

/** Keyword arguments of one call. Made by {@link kw}. */
export class Keywords {
  /** @internal */
  constructor(
    /** @internal */
    readonly names: readonly string[],
    /** @internal One for each name. */
    readonly values: readonly unknown[],
  ) {}
}

function isPlain(values: unknown): boolean {
  if (typeof values !== 'object' || values === null || types.isProxy(values)) return false
  const prototype: unknown = Object.getPrototypeOf(values)
  const isBase = prototype === null || Object.getPrototypeOf(prototype) === null // of any realm
  return isBase && Object.getOwnPropertySymbols(values).length === 0
}

/**
 * Keyword arguments, as the last argument of a call. A key that is `undefined` is left out.
 *
 * @example
 * python.builtins.sorted([3, 1, 2], kw({ reverse: true })) // [3, 2, 1]
 *
 * @throws {@link BridgeError} `INVALID_ARGUMENT` if it is not given a plain object
 */
export function kw(values: Readonly<Record<string, unknown>>): Keywords {
  if (!isPlain(values)) {
    throw new BridgeError('INVALID_ARGUMENT', 'kw takes a plain object, such as kw({ axis: 0 })')
  }
  const names: string[] = []
  const defined: unknown[] = []
  for (const name of Object.keys(values)) {
    const value = values[name]
    if (value === undefined) continue
    names.push(name)
    defined.push(value)
  }
  return new Keywords(names, defined)
}
