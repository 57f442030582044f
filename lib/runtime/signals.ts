import type { EventEmitter } from 'node:events'
import { constants } from 'node:os'
import process from 'node:process'
import { binding } from './binding.js'

const numbers: Readonly<Record<string, number>> = constants.signals

/** `process` as any emitter: its types know only the listeners of events by name. */
const emitter: EventEmitter = process

/**
 * Node's own, by which it begins to hear a signal; after `process.removeAllListeners()` it is deaf. Bun
 * and Deno need none.
 */
const hear = emitter.listeners('newListener')[0]

/** Node tells no other thread whether somebody listens: each change is told to native code. */
function tell(name: string | symbol, count: number): void {
  const number = typeof name === 'string' ? numbers[name] : undefined
  if (number === undefined) return
  told.add(name as string)
  const isHeard =
    hear === undefined || emitter.listeners('newListener').includes(hear as () => void)
  binding.setListeners(number, isHeard ? count : 0)
}

function onNew(name: string | symbol): void {
  tell(name, process.listenerCount(name as string) + 1)
}

function onRemove(name: string | symbol, listener: unknown): void {
  if (listener === onNew || listener === onRemove)
    queueMicrotask(watch) // removeAllListeners()
  else tell(name, process.listenerCount(name as string))
}

function watch(): void {
  if (!emitter.listeners('newListener').includes(onNew)) emitter.on('newListener', onNew)
  if (!emitter.listeners('removeListener').includes(onRemove)) {
    emitter.on('removeListener', onRemove)
  }
  tellAll()
}

/** Native code takes it that nobody listens until it is told. */
const told = new Set<string>()

function tellAll(): void {
  for (const name of Object.keys(numbers)) {
    const count = process.listenerCount(name)
    if (count > 0 || told.has(name)) tell(name, count)
  }
}

const changes = [
  ...(['on', 'addListener', 'once', 'prependListener', 'prependOnceListener'] as const),
  ...(['off', 'removeListener', 'removeAllListeners'] as const),
]

/** Bun tells nobody of listeners that are removed, and changes its handler after it has told of new ones. */
function watchInBun(): void {
  for (const name of changes) {
    const change = emitter[name] as (...args: unknown[]) => EventEmitter
    emitter[name] = function (this: EventEmitter, ...args: unknown[]) {
      change.apply(this, args)
      tellAll()
      return this
    }
  }
  tellAll()
}

let isShared = false

/** The main thread's: workers have no signals. */
export function shareSignals(): void {
  if (isShared) return
  isShared = true
  if (process.versions.bun === undefined) watch()
  else watchInBun()
  process.on('uncaughtExceptionMonitor', leaveByInterrupt)
}

/** Ctrl-C that nobody caught ends the process as if it had not been handled at all: the shell sees 130. */
function leaveByInterrupt(error: unknown): void {
  const isInterrupt =
    error instanceof Error &&
    error.name === 'PythonError' &&
    'type' in error &&
    error.type === 'KeyboardInterrupt'
  if (isInterrupt && process.listenerCount('SIGINT') === 0) {
    binding.leaveBy(constants.signals.SIGINT)
  }
}
