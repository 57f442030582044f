import { askConverted, make } from '../ask.js'
import { remembering, showAsText } from './origin.js'

/** A scalar of NumPy's: it counts as its value, and keeps its type. */
export class PyNumpyScalar<Value = unknown> {
  static {
    showAsText(this.prototype, 'NumPy')
  }

  /** Such as `float32`, `int64`, `bool`. */
  readonly dtype: string
  /** What `item()` gives; of a `longdouble` the nearest number. */
  readonly value: Value

  constructor(dtype: string, value: Value) {
    this.dtype = dtype
    this.value = value
    Object.freeze(this)
  }

  valueOf(): Value {
    return this.value
  }

  toString(): string {
    return String(this.value)
  }

  toJSON(): Value {
    return this.value
  }
}

export const numpyScalars = remembering<PyNumpyScalar>({
  python: 'numpy.generic',
  js: PyNumpyScalar,
  toJs(value) {
    const read = askConverted('ready_values', 'read_numpy', [value]) as [string, unknown] | null
    return read === null ? null : new PyNumpyScalar(...read)
  },
  toPython: ({ dtype, value }) => make('ready_values', 'make_numpy', [dtype, value]),
})
