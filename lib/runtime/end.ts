import process from 'node:process'
import type { Worker } from 'node:worker_threads'
import { binding } from './binding.js'
import { jsThreads } from './js-thread.js'

let isWatched = false

/**
 * A natural end, where nothing is left to do, waits for Python's threads; process.exit does not.
 * The main thread's only.
 */
export function endWithProcess(): void {
  if (isWatched) return
  isWatched = true
  let isNatural = false
  process.on('beforeExit', () => {
    binding.joinThreads()
    isNatural = true
    // Another listener may have found something to do: then the loop runs on.
    setTimeout(() => {
      isNatural = false
    }).unref()
  })
  process.on('exit', (status) => binding.end(isNatural, status))
  process.on('uncaughtExceptionMonitor', leaveBySystemExit)
}

/** What the room of PythonError promises of it. */
interface Raised {
  is(name: string): boolean
  value: unknown
}

function isRaised(error: unknown): error is Raised {
  return error instanceof Error && error.name === 'PythonError' && 'is' in error
}

/** sys.exit that nobody caught ends the process as it ends a script: with its code, or its message. */
function leaveBySystemExit(error: unknown): void {
  if (!isRaised(error) || !error.is('SystemExit')) return
  const isHandled =
    process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback()
  if (isHandled) return
  const boot = binding.importModule('pybridge._boot') as { exit_status(raised: unknown): number }
  process.exit(boot.exit_status(error.value))
}

const wrapped = Symbol.for('pybridge.terminate')

/**
 * Node cannot end a worker that is inside a native call, so its Python code is interrupted first:
 * by whoever terminates it, and at the end of the process, which waits for its workers.
 */
export function endWorkersFirst(): void {
  const { isMainThread, Worker } = jsThreads()
  const prototype = Worker.prototype as Worker & { [wrapped]?: true }
  if (prototype[wrapped] !== undefined) return
  Object.defineProperty(prototype, wrapped, { value: true })
  const terminate = prototype.terminate
  prototype.terminate = function (this: Worker) {
    if (this.threadId > 0) binding.interruptWorker(this.threadId)
    return terminate.call(this)
  }
  if (isMainThread) process.on('exit', () => binding.interruptWorker(0))
}
