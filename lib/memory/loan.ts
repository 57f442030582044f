import { itemTypeOf } from './item-type.js'
import type { Layout } from './layout.js'
import { type Description, madeOf, takeBackView } from './native-views.js'
import type { TypedArray } from './typed-array.js'

/** An ArrayBuffer over memory that Python lends, until it is given back or forgotten. */
export class Loan {
  readonly buffer: ArrayBuffer
  readonly size: number
  readonly format: string
  readonly isReadonly: boolean
  /** Where this runtime has no ArrayBuffers over memory of others. */
  readonly isCopy: boolean
  readonly layout: Layout
  /** How many bytes it begins after an address that is aligned for every type. */
  readonly skew: number
  /** All of it, once it was asked for. */
  data: TypedArray | null = null
  readonly #id: number
  #acquisitions = 0
  #isOver = false

  private constructor(buffer: ArrayBuffer, description: Description) {
    const [id, format, name, layout, isReadonly, itemSize, offset, skew, shape, strides] =
      description
    this.buffer = buffer
    this.size = buffer.byteLength
    this.format = format
    this.isReadonly = isReadonly
    this.isCopy = id === 0 && this.size > 0
    this.layout = { type: itemTypeOf(layout || format, itemSize, name), shape, strides, offset }
    this.skew = skew
    Object.freeze(shape)
    Object.freeze(strides)
    this.#id = id
  }

  /** @throws {@link BridgeError} `CONVERSION` where its items are no memory */
  static of(buffer: ArrayBuffer): Loan {
    return madeOf(buffer, (description) => {
      try {
        return new Loan(buffer, description)
      } catch (error) {
        takeBackView(description[0])
        throw error
      }
    })
  }

  /** Whether the memory can no longer be seen here: it was given back, or transferred. */
  get isOver(): boolean {
    return this.#isOver || this.buffer.byteLength !== this.size
  }

  acquire(): void {
    this.#acquisitions++
  }

  /** The last one gives the memory back to Python: typed arrays over it become empty. */
  giveBack(): void {
    if (--this.#acquisitions > 0 || this.#isOver) return
    this.#isOver = true
    takeBackView(this.#id)
  }
}
