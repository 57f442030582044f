import { type ConversionMode, Rule } from '../convert/rules.js'
import { BridgeError } from '../errors/bridge-error.js'
import { binding } from '../runtime/binding.js'

/** What limits one call, and how its arguments and its result cross. */
export interface Limits {
  /** Runs something with the converters of its own in force. */
  within<T>(body: () => T): T
  mode: ConversionMode
  /** Of `Rule`. */
  rules: number
  /** Milliseconds; undefined for no limit. */
  timeout: number | undefined
  signal: AbortSignal | undefined
}

export const noLimits: Limits = {
  within: (body) => body(),
  mode: 'auto',
  rules: Rule.copy,
  timeout: undefined,
  signal: undefined,
}

export function isLimited({ timeout, signal }: Limits): boolean {
  return timeout !== undefined || signal !== undefined
}

/** Why a call ends early: its signal's reason, or `TIMEOUT`. */
export function reasonOf({ timeout, signal }: Limits, detail = ''): unknown {
  if (signal?.aborted) return signal.reason
  return new BridgeError('TIMEOUT', `${timeout} ms are over${detail === '' ? '' : `; ${detail}`}`)
}

type Run = () => void

interface Listening {
  runs: Set<Run>
  listener: Run
}
const listening = new WeakMap<AbortSignal, Listening>()

function listen(signal: AbortSignal): Listening {
  const runs = new Set<Run>()
  const listener = (): void => {
    for (const run of [...runs]) run()
  }
  signal.addEventListener('abort', listener, { once: true })
  const listens = { runs, listener }
  listening.set(signal, listens)
  return listens
}

/**
 * Runs something when a signal aborts; gives what takes it back. One listener serves all calls with
 * the same signal at a time: Node takes many of them for a leak.
 */
export function onAbort(signal: AbortSignal | undefined, run: Run): Run {
  if (signal === undefined) return () => {}
  const { runs, listener } = listening.get(signal) ?? listen(signal)
  runs.add(run)
  return () => {
    if (!runs.delete(run) || runs.size > 0) return
    listening.delete(signal)
    signal.removeEventListener('abort', listener)
  }
}

/**
 * Runs a sync call that its timeout, or its signal, interrupts: with KeyboardInterrupt's means, so
 * bytecode, `sleep` and locks end at once, and C code that looks at nothing can only be waited for.
 */
export function withinLimits<T>(limits: Limits, body: () => T): T {
  const { timeout, signal } = limits
  signal?.throwIfAborted()
  const limit = binding.beginLimit(timeout ?? -1)
  const forget = onAbort(signal, () => binding.reachLimit(limit))
  const begin = performance.now()
  let isReached = false
  try {
    return body()
  } finally {
    forget()
    isReached = binding.endLimit(limit)
    if (isReached) {
      binding.takeBack()
      const late = Math.round(performance.now() - begin - (timeout ?? 0))
      const detail =
        timeout !== undefined && late > 100 ? `it could be interrupted only ${late} ms later` : ''
      // biome-ignore lint/correctness/noUnsafeFinally: whatever the call did, it was too late.
      throw reasonOf(limits, detail)
    }
  }
}
