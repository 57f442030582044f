import { BridgeError } from '../../errors/bridge-error.js'
import { ask, make } from '../ask.js'
import { remembering, showAsText } from './origin.js'

/** A Fraction of Python's, in lowest terms once it was there. */
export class PyFraction {
  static {
    showAsText(this.prototype)
  }

  readonly numerator: bigint
  readonly denominator: bigint

  constructor(numerator: bigint | number, denominator: bigint | number = 1n) {
    this.numerator = BigInt(numerator)
    this.denominator = BigInt(denominator)
    if (this.denominator === 0n) {
      throw new BridgeError('INVALID_ARGUMENT', 'the denominator of a fraction is not 0')
    }
    Object.freeze(this)
  }

  toString(): string {
    return this.denominator === 1n ? `${this.numerator}` : `${this.numerator}/${this.denominator}`
  }

  toJSON(): string {
    return this.toString()
  }

  [Symbol.toPrimitive](hint: string): string | number {
    return hint === 'string' ? this.toString() : divide(this.numerator, this.denominator)
  }
}

/** Numbers hold 53 bits, and both of these may have thousands: what is far below those is let go. */
function divide(numerator: bigint, denominator: bigint): number {
  const excess = Math.min(bitsOf(numerator), bitsOf(denominator)) - 1000
  const shift = BigInt(Math.max(excess, 0))
  return Number(numerator >> shift) / Number(denominator >> shift)
}

function bitsOf(value: bigint): number {
  return value.toString(16).length * 4
}

export const fraction = remembering<PyFraction>({
  python: 'fractions.Fraction',
  js: PyFraction,
  toJs(value) {
    const [numerator, denominator] = ask('ready_values', 'read_fraction', [value]) as [
      bigint,
      bigint,
    ]
    return new PyFraction(numerator, denominator)
  },
  toPython: ({ numerator, denominator }) =>
    make('ready_values', 'make_fraction', [numerator, denominator]),
})
