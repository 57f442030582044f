import { Stamp } from '../brands.js'
import type { Converter } from '../converters.js'

/** What an object was made from: a proxy, or another value of Python's. It comes home as that. */
export class OriginBrand extends Stamp {
  readonly #origin: object

  private constructor(value: object, origin: object) {
    super(value)
    this.#origin = origin
  }

  static put<T extends object>(value: T, origin: object): T {
    new OriginBrand(value, origin)
    return value
  }

  static of(value: object): object | undefined {
    return #origin in value ? value.#origin : undefined
  }
}

/**
 * A converter to objects that cannot be changed: each remembers what it was made from, and comes home
 * as that very object, with whatever JavaScript could not show. Those that JavaScript made itself are
 * made anew in Python.
 */
export function remembering<Type extends object>(converter: {
  python: string
  js: NonNullable<Converter<Type>['js']>
  toJs(value: object): Type | null
  toPython(value: Type): unknown
}): Converter<Type> {
  return Object.freeze({
    ...converter,
    toJs(value: object): object {
      const made = converter.toJs(value)
      return made === null ? value : OriginBrand.put(made, value)
    },
    toPython(value: Type): unknown {
      return OriginBrand.of(value) ?? converter.toPython(value)
    },
  })
}

/** For `util.inspect`: objects of such a class are shown as text, after what they are. */
export function showAsText(prototype: object, kind = ''): void {
  Object.defineProperty(prototype, Symbol.for('nodejs.util.inspect.custom'), {
    value(this: object) {
      return kind === '' ? String(this) : `${kind} ${String(this)}`
    },
  })
}
