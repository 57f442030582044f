import { checked, type GivenConverters, within } from '../convert/converters.js'
import { type ConversionMode, isReturns, type Returns, rulesOf } from '../convert/rules.js'
import { BridgeError } from '../errors/bridge-error.js'
import { callableProxyOf, type PyHandle, proxyOf } from '../object/py-proxy.js'
import { pyHandleOf, ViewHandle } from '../object/view.js'
import { isMode, modes } from '../runtime/conversion-mode.js'
import { callOff } from './async.js'
import { callWith } from './callable.js'
import { isLimited, type Limits, noLimits, withinLimits } from './limits.js'

/** How a callable is called. */
export interface CallOptions {
  /**
   * How arguments and the result cross: `'auto'` (default) by the table, `'exact'` with whole floats
   * told from ints, `'strict'` with every number a `float` and every bigint an `int`, `'json'` with
   * nothing but JSON, `'ref'` with nothing copied.
   */
  mode?: ConversionMode
  /** How arguments cross, where that differs from `mode`. */
  args?: ConversionMode
  /**
   * How the result crosses, where that differs from `mode`. `'number'` and `'bigint'` fix the type of
   * its ints: a callable of ids or nanoseconds then never gives one or the other by size. `'number'`
   * throws `CONVERSION` beyond 2**53 - 1.
   */
  returns?: Returns
  /**
   * Converters that are in force before those around the call: for its arguments and its result, and
   * for whatever crosses on this thread while it runs.
   */
  converters?: GivenConverters
  /**
   * Milliseconds after which the call is interrupted, and fails with `TIMEOUT`. C code that does not
   * look for signals can only be waited for on this thread; off it, its thread is replaced.
   */
  timeout?: number
  /**
   * An `AbortSignal`, where types of Node or of the browser declare it: it interrupts the call when
   * it aborts, and the call fails with its reason.
   */
  signal?: typeof globalThis extends { AbortSignal: { prototype: infer Type } } ? Type : unknown
}

/** A callable with options; off this thread as well. */
export type WithOptions<F extends (...args: never[]) => unknown> = F & {
  async(...args: Parameters<F>): Promise<Awaited<ReturnType<F>>>
}

/**
 * The same object of Python's with options of its own. Of a callable they are those of its calls; what
 * is reached through it, such as the functions of a module, has them as well.
 *
 * @example
 * const dict = withOptions(python.builtins.dict, { returns: 'ref' })
 * dict().update // a live dict, not a copy
 *
 * @throws {@link BridgeError} `INVALID_ARGUMENT` if `target` is no object of Python's, or an option
 * is not known
 */
export function withOptions<F extends (...args: never[]) => unknown>(
  target: F,
  options: CallOptions,
): WithOptions<F>
export function withOptions<T extends object>(target: T, options: CallOptions): T
export function withOptions(target: object, options: CallOptions): unknown {
  const handle = pyHandleOf(target)
  if (handle === undefined) {
    throw new BridgeError('INVALID_ARGUMENT', 'withOptions takes an object of Python')
  }
  return viewOf(handle, check(options))
}

function viewOf(origin: PyHandle, limits: Limits): object {
  const { mode, rules, within } = limits
  const options = { mode, rules, within, wrap: (value: unknown) => wrap(value, limits) }
  const handle = new ViewHandle(origin, options)
  if (typeof origin.self !== 'function') return proxyOf(handle)
  const isPlain = !isLimited(limits)
  const call = (args: unknown[]): unknown => within(() => callWith(origin, args, mode, rules))
  const called = (...args: unknown[]): unknown =>
    isPlain ? call(args) : withinLimits(limits, () => call(args))
  const off = callOff(origin, limits)
  handle.off = (...args) => within(() => off(...args))
  return callableProxyOf(handle, called)
}

/** What is reached has the options too, where it is not the same object of the user's again. */
function wrap(value: unknown, limits: Limits): unknown {
  const handle = pyHandleOf(value)
  return handle === undefined ? value : viewOf(handle, limits)
}

const known = ['mode', 'args', 'returns', 'converters', 'timeout', 'signal']

function check(options: CallOptions): Limits {
  if (typeof options !== 'object' || options === null) {
    throw new BridgeError('INVALID_ARGUMENT', 'withOptions takes options as an object')
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new BridgeError('INVALID_ARGUMENT', `withOptions has no option ${unknown}`)
  }
  const { mode = 'auto', converters, timeout, signal } = options
  const { args = mode, returns = mode } = options
  checkChoice('mode', mode, modes, isMode(mode))
  checkChoice('args', args, modes, isMode(args))
  checkChoice('returns', returns, [...modes, 'number', 'bigint'], isReturns(returns))
  if (
    timeout !== undefined &&
    !(typeof timeout === 'number' && timeout >= 0 && timeout < 2 ** 31)
  ) {
    throw new BridgeError(
      'INVALID_ARGUMENT',
      `timeout is a number of milliseconds from 0 to 2147483647, not ${String(timeout)}`,
    )
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new BridgeError('INVALID_ARGUMENT', 'signal is an AbortSignal')
  }
  return {
    within: converters === undefined ? noLimits.within : within(checked(converters)),
    mode: args,
    rules: rulesOf(returns),
    timeout,
    signal,
  }
}

function checkChoice(name: string, given: unknown, known: readonly string[], fits: boolean): void {
  if (fits) return
  throw new BridgeError(
    'INVALID_ARGUMENT',
    `${name} is one of ${known.map((one) => `'${one}'`).join(', ')}, not ${String(given)}`,
  )
}
