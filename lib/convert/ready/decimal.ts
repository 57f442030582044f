import { createRequire } from 'node:module'
import process from 'node:process'
import { BridgeError } from '../../errors/bridge-error.js'
import { ask, make } from '../ask.js'
import type { Converter } from '../converters.js'
import { OriginBrand } from './origin.js'

/** What is used of decimal.js. */
interface JsDecimal {
  /** As a string, with the sign of a zero. */
  valueOf(): string
  isFinite(): boolean
  isZero(): boolean
  isNaN(): boolean
}

/** The class `Decimal` of decimal.js, or a clone of it. */
export type DecimalClass = new (value: string) => object

/** What they were when they came: a property of theirs can be changed, though nobody does. */
const texts = new WeakMap<object, string>()

export function makeDecimal(given?: DecimalClass): Converter {
  const js = checked(given === undefined ? find() : given)
  return Object.freeze({
    python: 'decimal.Decimal',
    js,
    toJs(value: object): object {
      const [text, isNumber, isZero, isNan] = ask('ready_values', 'read_decimal', [value]) as [
        string,
        boolean,
        boolean,
        boolean,
      ]
      const made = new js(isNan ? 'NaN' : text)
      // Its exponents end earlier than Python's: there the object of Python's stays what it is.
      if (made.isFinite() !== isNumber || made.isZero() !== isZero) return value
      texts.set(made, made.valueOf())
      return OriginBrand.put(made, value)
    },
    toPython(value: unknown): object {
      const text = (value as JsDecimal).valueOf()
      const origin = OriginBrand.of(value as object)
      if (origin !== undefined && texts.get(value as object) === text) return origin
      return make('ready_values', 'make_decimal', [text])
    },
  })
}

function checked(given: unknown): new (value: string) => JsDecimal {
  const isDecimal =
    typeof given === 'function' &&
    ['valueOf', 'isFinite', 'isZero', 'isNaN'].every((name) => isMethod(given.prototype, name))
  if (isDecimal) return given as never
  throw new BridgeError('INVALID_ARGUMENT', 'converters.decimal takes the class of decimal.js')
}

function isMethod(prototype: unknown, name: string): boolean {
  return typeof (prototype as Record<string, unknown> | null)?.[name] === 'function'
}

/** decimal.js, where this package finds it, or the program. */
function find(): unknown {
  for (const from of [import.meta.url, `${process.cwd()}/`]) {
    try {
      const found = createRequire(from)('decimal.js') as { default?: unknown }
      return found.default ?? found
    } catch (error) {
      if ((error as { code?: string }).code !== 'MODULE_NOT_FOUND') throw error
    }
  }
  throw new BridgeError('INVALID_ARGUMENT', 'decimal.js is not installed', {
    advice: 'run `npm install decimal.js`, or pass its class: converters.decimal(Decimal)',
  })
}
