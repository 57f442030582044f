import { types } from 'node:util'
import { refusedKey } from '../convert/refused.js'
import { BridgeError } from '../errors/bridge-error.js'

/** Keyword arguments of one call. Made by {@link kw}. */
export class Keywords {
  /** @internal It is no value. */
  readonly [refusedKey] = 'holds keyword arguments: they go last, and by themselves'

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
  return prototype === null || Object.getPrototypeOf(prototype) === null // of any realm
}

/**
 * Keyword arguments, as the last argument of a call. A key that is `undefined` is left out, and one
 * that is a symbol names none.
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
  const names = Object.keys(values)
  const given: unknown[] = []
  let missing = 0
  for (const name of names) {
    const value = values[name]
    if (value === undefined) missing++
    given.push(value)
  }
  if (missing === 0) return new Keywords(names, given)
  const isGiven = (_: unknown, index: number): boolean => given[index] !== undefined
  return new Keywords(names.filter(isGiven), given.filter(isGiven))
}
