import { handleOf } from '../convert/references.js'
import type { ConversionMode } from '../convert/rules.js'
import { PyHandle } from './py-proxy.js'

/** How values cross through a view, and how its calls are made. The call room has both. */
export interface ViewOptions {
  readonly mode: ConversionMode
  readonly rules: number
  /** Runs something with the converters of its own in force. */
  within<T>(body: () => T): T
  /** The same options for what is reached through the view. */
  wrap(value: unknown): unknown
}

/** A proxy of the same object that has options of its own: what is reached through it has them too. */
export class ViewHandle extends PyHandle {
  /** `view.async`, where it is a callable. */
  off: ((...args: unknown[]) => Promise<unknown>) | null = null
  readonly #origin: PyHandle
  readonly #options: ViewOptions

  constructor(origin: PyHandle, options: ViewOptions) {
    super(origin.id)
    this.#origin = origin
    this.#options = options
    Object.defineProperty(this, 'id', { get: () => origin.id })
  }

  override get mode(): ConversionMode {
    return this.#options.mode
  }

  override get rules(): number {
    return this.#options.rules
  }

  override checkedId(): number {
    return this.#origin.checkedId()
  }

  override getAttribute(key: string, name: number): unknown {
    return this.#reach(() => super.getAttribute(key, name))
  }

  override getIndexed(key: string): unknown {
    return this.#reach(() => super.getIndexed(key))
  }

  override nextOf(iterator: PyHandle, copies: boolean): unknown {
    return this.#reach(() => super.nextOf(iterator, copies))
  }

  #reach(body: () => unknown): unknown {
    return this.#options.wrap(this.#options.within(body))
  }

  override set(target: object, key: string | symbol, value: unknown): boolean {
    return this.#options.within(() => super.set(target, key, value))
  }

  override offThread(): (...args: unknown[]) => Promise<unknown> {
    return this.off ?? super.offThread()
  }

  override giveBack(): void {
    this.#origin.giveBack()
  }
}

/** The handle of a proxy of Python's, whatever its options; undefined for anything else. */
export function pyHandleOf(value: unknown): PyHandle | undefined {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function'
  const handle = isObject ? handleOf(value as object) : undefined
  return handle instanceof PyHandle ? handle : undefined
}
