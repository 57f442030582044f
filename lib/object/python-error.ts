import { exceptionKey, exceptionProxies, type Handle, handleOf } from '../convert/references.js'
import { BridgeError } from '../errors/bridge-error.js'
import { catalogue, type ErrorCode } from '../errors/catalogue.js'
import type { PyProxy } from './py-proxy.js'
import { formatTraceback, framesOf, isInstanceNamed, type PythonFrame } from './traceback.js'

export type { PythonFrame } from './traceback.js'

/**
 * An exception that Python raised. Thrown back into Python, it is the same exception again.
 *
 * @example
 * try {
 *   python.import('json').loads('{')
 * } catch (error) {
 *   if (error instanceof PythonError) console.log(error.type) // 'JSONDecodeError'
 * }
 */
export class PythonError extends Error {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'PythonError' })
  }

  readonly #value: PyProxy
  readonly #type: string
  readonly #module: string
  readonly #captured: { stack?: string } = {}

  /** @internal */
  constructor(value: PyProxy, type: string, module: string, message: string, cause: unknown) {
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0 // the calls are captured below, without our own
    super(message, cause === undefined ? undefined : { cause })
    Error.stackTraceLimit = stackTraceLimit
    Error.captureStackTrace(this.#captured, makeError)
    this.#value = value
    this.#type = type
    this.#module = module
    Object.defineProperty(this, 'stack', stackProperty)
  }

  /** The name of the exception's class, such as `ValueError`. */
  get type(): string {
    return this.#type
  }

  /** The module of that class, such as `builtins`. */
  get module(): string {
    return this.#module
  }

  /** The exception itself. */
  get value(): PyProxy {
    return this.#value
  }

  /** @internal */
  get [exceptionKey](): object | undefined {
    return #value in this ? this.#value : undefined
  }

  /** The frames of the traceback, outermost first, as Python orders them. */
  get frames(): PythonFrame[] {
    return framesOf(this.value)
  }

  /** The traceback as Python prints it, with its causes. */
  get traceback(): string {
    return formatTraceback(this.value)
  }

  /** Whether the exception is of this class or of one derived from it: `is('OSError')`. */
  is(name: string): boolean {
    return isInstanceNamed(this.value, name)
  }

  /** None where Python cannot tell: it has ended, or the exception was given back. */
  #framesIfHeld(): PythonFrame[] {
    try {
      return this.frames
    } catch {
      return []
    }
  }

  /** @internal One stack: Python's frames, innermost first, then the JavaScript frames that called it. */
  static stackOf(error: PythonError): string {
    return error.#stack()
  }

  #stack(): string {
    const [, ...calls] = (this.#captured.stack ?? '').split('\n')
    const inPython = this.#framesIfHeld()
      .reverse()
      .map(({ file, line, name }) => `    at ${name} (${file}:${line})`)
    const title = this.message === '' ? this.type : `${this.type}: ${this.message}`
    return [`${this.name}: ${title}`, ...inPython, ...calls].join('\n')
  }
}

/** Own, as of any Error; put together when it is read. */
const stackProperty: PropertyDescriptor & ThisType<PythonError> = {
  get() {
    return PythonError.stackOf(this)
  },
  set(stack: unknown) {
    Object.defineProperty(this, 'stack', { value: stack, writable: true, configurable: true })
  },
  configurable: true,
}

/** The Error that stands for an exception (a hook of native code): one for each, always the same. */
export function makeError(
  proxy: object,
  type: string,
  module: string,
  message: string,
  cause: unknown,
  code: string | null,
): Error {
  const handle = handleOf(proxy) as Handle // a property costs the collector less than a WeakMap
  if (handle.error !== null) return handle.error
  const error =
    typeof code === 'string' && Object.hasOwn(catalogue, code)
      ? new BridgeError(
          code as ErrorCode,
          message || undefined,
          cause === undefined ? undefined : { cause },
        )
      : new PythonError(proxy, type, module, message, cause)
  handle.error = error
  if (!(error instanceof PythonError)) exceptionProxies.set(error, proxy)
  return error
}
