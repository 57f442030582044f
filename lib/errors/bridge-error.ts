import { catalogue, type ErrorCode } from './catalogue.js'

/**
 * What pybridge itself refuses, on either side. The message says what happened, the detail of this
 * case, and what to do; `code` never changes.
 *
 * @example
 * try {
 *   python.start({ python: '/nowhere/python3' })
 * } catch (error) {
 *   if (error instanceof BridgeError) console.log(error.code) // 'PYTHON_INVALID'
 * }
 */
export class BridgeError extends Error {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'BridgeError' })
  }

  /** Stable: match on this. Each code has a section in docs/errors.md. */
  readonly code: ErrorCode

  constructor(code: ErrorCode, detail?: string, options?: ErrorOptions & { advice?: string }) {
    const { what, advice } = catalogue[code]
    const happened = detail === undefined ? what : `${what}: ${detail}`
    super(`${happened}. What to do: ${options?.advice ?? advice} [${code}]`, options)
    this.code = code
  }
}
