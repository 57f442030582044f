/**
 * A `float` of Python's, also where it is a whole number: `python.float(1)` is `1.0` there. In mode
 * `exact`, whole floats arrive as these.
 *
 * @example
 * python.float(1) + 1 // 2
 */
export class PyFloat {
  static {
    Object.defineProperty(this.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value(this: PyFloat) {
        return `PyFloat(${this.toString()})`
      },
    })
  }

  /** The number itself. */
  readonly value: number

  /** @internal */
  constructor(value: number) {
    this.value = value
    Object.freeze(this)
  }

  valueOf(): number {
    return this.value
  }

  /** As Python writes it, for the numbers that are whole: `1.0`. */
  toString(): string {
    return Number.isInteger(this.value) && Math.abs(this.value) < 1e16
      ? `${Object.is(this.value, -0) ? '-0' : this.value}.0`
      : String(this.value)
  }

  toJSON(): number {
    return this.value
  }
}
