import type { PyProxy } from '../object/py-proxy.js'
import type { TypedArray } from './typed-array.js'

/** A complex number of a buffer. */
export interface ComplexItem {
  readonly real: number
  readonly imaginary: number
}

/** A range of items along one axis: `[start, stop, step]`, as Python's slices mean them. */
export type PyBufferRange = readonly [start?: number | null, stop?: number | null, step?: number]

/** `Symbol.dispose`, where the types that a program compiles with have it. */
type Dispose = SymbolConstructor extends { readonly dispose: infer Key extends symbol }
  ? Key
  : never
type Disposing = { [Key in Dispose]: () => void }

/**
 * The memory of an object of Python's, as it is there: nothing is copied. Python keeps the memory, and
 * refuses to resize it, for as long as JavaScript can see it: until `release`, or the collector has
 * taken whatever looks at it.
 *
 * @example
 * const np = python.import('numpy')
 * const a = np.arange(6, kw({ dtype: 'float64' })).reshape(2, 3)
 * using view = python.view<Float64Array>(a)
 * view.shape // [2, 3]
 * view.data // Float64Array [0, 1, 2, 3, 4, 5]
 * view.at(1, 2) // 5
 */
export interface PyBuffer<Data extends TypedArray = TypedArray> extends Disposing {
  /** The object whose memory it is. Passed to Python, a buffer is that object. */
  readonly object: PyProxy

  /** How many items there are along each axis. */
  readonly shape: readonly number[]

  /** How many bytes apart neighbours along each axis are; negative where they go backwards. */
  readonly strides: readonly number[]

  /** What an item is, as NumPy calls it: `'float64'`, `'bool'`, `'>i4'`, `'datetime64[ns]'`, `'S5'`. */
  readonly dtype: string

  /** The same as Python's buffer protocol writes it (PEP 3118). */
  readonly format: string

  /** Bytes of an item. */
  readonly itemSize: number

  /** How many items there are. */
  readonly length: number

  /** Bytes of all items, without what lies between them. */
  readonly byteLength: number

  /** Whether Python says that nobody may write here. */
  readonly readonly: boolean

  /** Whether the items follow each other without gaps, the last axis first (`'C'`) or the first one (`'F'`). */
  readonly order: 'C' | 'F' | null

  /** Whether it is a copy, because this runtime has no views of memory that is not its own. */
  readonly isCopy: boolean

  /**
   * The typed array over the same memory: what is written there Python sees, and the other way round.
   * Its first item is that of index 0; where {@link PyBuffer.order} is null, `strides` say where the
   * others are, and between them is what else is there.
   *
   * @throws {@link BridgeError} `CONVERSION` where no typed array can be: memory that is read-only,
   * items of a type or a byte order that JavaScript has none for, that are not aligned, or that go
   * backwards; `RELEASED`
   */
  readonly data: Data

  /**
   * The bytes of the same memory, from its first item's to its last one's, with what lies between.
   *
   * @throws {@link BridgeError} `CONVERSION` where the memory is read-only; `RELEASED`
   */
  readonly bytes: Uint8Array

  /**
   * An item, or, with fewer indices than axes, the part of the buffer that they name. An index from
   * the end is negative. Undefined where there is none.
   *
   * Integers of 64 bits are bigints; complex numbers `{ real, imaginary }`; structured items objects;
   * text and bytes come without the zeros that fill them up.
   *
   * @throws {@link BridgeError} `CONVERSION` for an item that JavaScript has no value for; `RELEASED`
   */
  // biome-ignore lint/suspicious/noExplicitAny: what an item is only the buffer knows.
  at(...indices: number[]): any

  /**
   * A part of the same memory, as Python's slices: `slice(1, 3)` along the first axis, or a range for
   * each: `slice([1, 3], null, [null, null, -1])`. A number in the place of a range takes its axis
   * away.
   *
   * @example
   * const rows = python.view(python.import('numpy').eye(4)).slice(1, 3)
   * rows.shape // [2, 4]
   */
  slice(start?: number | null, stop?: number | null, step?: number): PyBuffer<Data>
  slice(...ranges: (PyBufferRange | number | null)[]): PyBuffer<Data>

  /**
   * The items as arrays within arrays, copied; the item itself where there is no axis.
   *
   * @throws {@link BridgeError} `CONVERSION` for items that JavaScript has no values for; `RELEASED`
   */
  // biome-ignore lint/suspicious/noExplicitAny: what an item is only the buffer knows.
  toArray(): any

  /**
   * The items in a typed array of its own, one after another, the last axis first.
   *
   * @throws {@link BridgeError} `CONVERSION` where no typed array has such items; `RELEASED`
   */
  copy(): Data

  /** The items along the first axis: values, or parts where there are more axes. */
  // biome-ignore lint/suspicious/noExplicitAny: what an item is only the buffer knows.
  [Symbol.iterator](): Generator<any, void, undefined>

  /**
   * Gives the memory back: typed arrays over it become empty, and Python may resize it. `python.view`
   * of the same object shares the memory: it goes back with the last of its buffers.
   *
   * Nobody else may still be using it, such as `fs.read` that has not called back.
   *
   * @throws {@link BridgeError} `RELEASED` if this buffer was given back before
   */
  release(): void
}
