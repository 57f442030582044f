import { activeConverters, type ConverterSet, noConverters, resume } from '../convert/converters.js'
import { unroll } from '../convert/decode.js'
import { isReference, Rule } from '../convert/rules.js'
import type { PyHandle } from '../object/py-proxy.js'
import { binding } from '../runtime/binding.js'
import { encodeArguments } from './arguments.js'
import { isLimited, type Limits, onAbort, reasonOf } from './limits.js'
import { rulesWith, steeringFor } from './steering.js'

interface Pending {
  resolve(value: unknown): void
  reject(reason: unknown): void
  /** Keeps the callable's proxy, and with it the Python object. */
  handle: PyHandle
  /** Those in force when the call was made. */
  converters: ConverterSet | null
}

/** By ticket. A ticket is free again when native code has answered, which it does once for each. */
const pending: (Pending | undefined)[] = []
const free: number[] = []

function take(ticket: number): Pending | undefined {
  const call = pending[ticket]
  pending[ticket] = undefined
  free.push(ticket)
  return call
}

/** How long a call may take to end once it is interrupted, before its thread is replaced. */
const grace = 250

/** How many arguments native code takes one by one (CarriedArguments::max). */
const maxScalars = 4

/** Arguments that need no tape. */
function areScalars(args: readonly unknown[]): boolean {
  if (args.length > maxScalars) return false
  for (const value of args) {
    const type = typeof value
    if (type !== 'number' && type !== 'string' && type !== 'boolean' && value !== null) return false
  }
  return true
}

/** The same callable, off this thread: `fn.async`. */
export function callOff(
  handle: PyHandle,
  limits: Limits,
): (...args: unknown[]) => Promise<unknown> {
  const isWatched = isLimited(limits)
  const isPlain = !isWatched && limits.mode === 'auto' && limits.rules === Rule.copy
  return (...args) =>
    new Promise((resolve, reject) => {
      limits.signal?.throwIfAborted()
      const steering = steeringFor(handle, limits.mode)
      const isScalar = isPlain && steering === null && areScalars(args)
      const lanes = isScalar ? undefined : encodeArguments(args, limits.mode, steering, false) // code of the user's
      const ticket = free.pop() ?? pending.push(undefined) - 1
      const rules = rulesWith(steering, limits.rules)
      const converters = isReference(rules) ? noConverters : activeConverters()
      pending[ticket] = { resolve, reject, handle, converters }
      try {
        if (isScalar) binding.submitScalars(ticket, handle.checkedId(), ...args)
        else binding.submit(ticket, handle.checkedId(), lanes, rules, isWatched)
      } catch (error) {
        take(ticket)
        throw error
      }
      if (isWatched) watch(ticket, limits)
    })
}

/** The answer of a call, where it is a scalar (a hook of native code). */
export function settleScalar(ticket: number, scalar: unknown): void {
  take(ticket)?.resolve(scalar)
}

/** The answer of a call (a hook of native code). */
export function settleCall(ticket: number, failed: boolean): void {
  const call = take(ticket)
  let value: unknown
  try {
    value = resume(call?.converters ?? null, () => unroll())
  } catch (error) {
    call?.reject(error)
    return
  }
  if (failed) call?.reject(value)
  else call?.resolve(value)
}

/** The answer of a call that could not cross (a hook of native code). */
export function failCall(ticket: number, reason: unknown): void {
  take(ticket)?.reject(reason)
}

/**
 * At its timeout, or when its signal aborts, the call is interrupted: the promise rejects with the
 * reason when it has ended, or after a moment in which it did not, because it is blocked in C.
 */
function watch(ticket: number, limits: Limits): void {
  const call = pending[ticket] as Pending
  const { timeout, signal } = limits
  let giveUp: NodeJS.Timeout | undefined
  let reason: { value: unknown } | undefined

  const interrupt = (): void => {
    if (reason !== undefined) return
    reason = { value: reasonOf(limits) }
    if (!binding.interruptCall(ticket)) return finish(reason.value)
    giveUp = setTimeout(() => {
      const isRunning = binding.giveUpCall(ticket)
      finish(reasonOf(limits, isRunning ? stuck : ''))
    }, grace)
  }
  const timer = timeout === undefined ? undefined : setTimeout(interrupt, timeout)
  const forget = onAbort(signal, interrupt)

  const finish = (error: unknown): void => {
    stop()
    pending[ticket] = undefined
    call.reject(error)
  }
  const stop = (): void => {
    clearTimeout(timer)
    clearTimeout(giveUp)
    forget()
  }
  pending[ticket] = {
    handle: call.handle,
    converters: call.converters,
    resolve: (value) => {
      stop()
      if (reason === undefined) call.resolve(value)
      else call.reject(reason.value)
    },
    reject: (error) => {
      stop()
      call.reject(reason === undefined ? error : reason.value)
    },
  }
}

const stuck = 'it is blocked in C code and goes on; another thread has taken its place'
