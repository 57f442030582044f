import { ask, make } from '../ask.js'
import { remembering, showAsText } from './origin.js'

/** A complex number of Python's. */
export class PyComplex {
  static {
    showAsText(this.prototype)
  }

  readonly real: number
  readonly imaginary: number

  constructor(real: number, imaginary = 0) {
    this.real = Number(real)
    this.imaginary = Number(imaginary)
    Object.freeze(this)
  }

  toString(): string {
    const { real, imaginary } = this
    const isBelow = imaginary < 0 || Object.is(imaginary, -0)
    return `(${textOf(real)}${isBelow ? '' : '+'}${textOf(imaginary)}j)`
  }

  toJSON(): string {
    return this.toString()
  }
}

/** As Python writes it. */
function textOf(value: number): string {
  if (Object.is(value, -0)) return '-0'
  return String(value).replace('NaN', 'nan').replace('Infinity', 'inf')
}

export const complex = remembering<PyComplex>({
  python: 'builtins.complex',
  js: PyComplex,
  toJs(value) {
    const [real, imaginary] = ask('ready_values', 'read_complex', [value]) as [number, number]
    return new PyComplex(real, imaginary)
  },
  toPython: ({ real, imaginary }) => make('ready_values', 'make_complex', [real, imaginary]),
})
