import { handleOf } from '../convert/references.js'
import { BridgeError } from '../errors/bridge-error.js'
import type { PyHandle } from '../object/py-proxy.js'
import { Mode } from '../runtime/binding.js'
import { callWith } from './callable.js'

/** How a callable is called. */
export interface CallOptions {
  /** `'copy'` (default): the result crosses by the table. `'ref'`: it stays in Python. */
  returns?: 'copy' | 'ref'
}

/**
 * The same callable, called with these options.
 *
 * @example
 * const dict = withOptions(python.builtins.dict, { returns: 'ref' })
 * dict().update // a live dict, not a copy
 *
 * @throws {@link BridgeError} `INVALID_ARGUMENT` if `callable` is not a callable of Python, or an
 * option is not known
 */
export function withOptions<F extends (...args: never[]) => unknown>(
  callable: F,
  options: CallOptions,
): F {
  const handle = typeof callable === 'function' ? handleOf(callable) : undefined
  if (handle === undefined) {
    throw new BridgeError('INVALID_ARGUMENT', 'withOptions takes a callable of Python')
  }
  if (typeof options !== 'object' || options === null) {
    throw new BridgeError('INVALID_ARGUMENT', 'withOptions takes options as an object')
  }
  const unknown = Object.keys(options).find((name) => name !== 'returns')
  if (unknown !== undefined) {
    throw new BridgeError('INVALID_ARGUMENT', `withOptions has no option ${unknown}`)
  }
  const { returns = 'copy' } = options
  if (returns !== 'copy' && returns !== 'ref') {
    throw new BridgeError('INVALID_ARGUMENT', `returns is 'copy' or 'ref', not ${String(returns)}`)
  }
  const mode = returns === 'ref' ? Mode.reference : Mode.copy
  const called = (...args: unknown[]): unknown => callWith(handle as PyHandle, args, mode)
  return called as unknown as F
}
