import { inspect } from 'node:util'
import { StandIn } from '../convert/stand-in.js'
import { BridgeError } from '../errors/bridge-error.js'
import type { PyProxy } from '../object/py-proxy.js'
import { copyItems } from './copy-items.js'
import type { ItemType, Reader, TypedArray, TypedArrayClass } from './item-type.js'
import type { Layout, Loan } from './loan.js'

/** A range of items along one axis: `[start, stop, step]`, as Python's slices mean them. */
export type PyBufferRange = readonly [start?: number | null, stop?: number | null, step?: number]

/** How a {@link PyBuffer} is made: lib/memory/view.ts. */
interface Parts {
  readonly loan: Loan
  readonly layout: Layout
  readonly object: PyProxy
  readonly isUnsafe: boolean
  /** Whether giving it back gives the memory back: not that of a part of another. */
  readonly isRoot: boolean
}

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
export class PyBuffer<Data extends TypedArray = TypedArray> extends StandIn {
  readonly #loan: Loan
  readonly #layout: Layout
  readonly #object: PyProxy
  readonly #isUnsafe: boolean
  readonly #isRoot: boolean
  #isReleased = false
  #items: DataView | null = null
  #data: Data | null = null

  /** @internal */
  constructor({ loan, layout, object, isUnsafe, isRoot }: Parts) {
    super(object)
    this.#loan = loan
    this.#layout = layout
    this.#object = object
    this.#isUnsafe = isUnsafe
    this.#isRoot = isRoot
    if (isRoot) loan.acquire()
  }

  /** The object whose memory it is. Passed to Python, a buffer is that object. */
  get object(): PyProxy {
    return this.#object
  }

  /** How many items there are along each axis. */
  get shape(): readonly number[] {
    return this.#layout.shape
  }

  /** How many bytes apart neighbours along each axis are; negative where they go backwards. */
  get strides(): readonly number[] {
    return this.#layout.strides
  }

  /** What an item is, as NumPy calls it: `'float64'`, `'bool'`, `'>i4'`, `'datetime64[ns]'`, `'S5'`. */
  get dtype(): string {
    return this.#layout.type.name
  }

  /** The same as Python's buffer protocol writes it (PEP 3118). */
  get format(): string {
    return this.#loan.format
  }

  /** Bytes of an item. */
  get itemSize(): number {
    return this.#layout.type.size
  }

  /** How many items there are. */
  get length(): number {
    return this.shape.reduce((product, each) => product * each, 1)
  }

  /** Bytes of all items, without what lies between them. */
  get byteLength(): number {
    return this.length * this.itemSize
  }

  /** Whether Python says that nobody may write here. */
  get readonly(): boolean {
    return this.#loan.isReadonly
  }

  /** Whether the items follow each other without gaps, the last axis first (`'C'`) or the first one (`'F'`). */
  get order(): 'C' | 'F' | null {
    return isInOrder(this.#layout, 'C') ? 'C' : isInOrder(this.#layout, 'F') ? 'F' : null
  }

  /** Whether it is a copy, because this runtime has no views of memory that is not its own. */
  get isCopy(): boolean {
    return this.#loan.isCopy
  }

  /**
   * The typed array over the same memory: what is written there Python sees, and the other way round.
   * Its first item is that of index 0; where {@link PyBuffer.order} is null, `strides` say where the
   * others are, and between them is what else is there.
   *
   * @throws {@link BridgeError} `CONVERSION` where no typed array can be: memory that is read-only,
   * items of a type or a byte order that JavaScript has none for, that are not aligned, or that go
   * backwards; `RELEASED`
   */
  get data(): Data {
    this.#check()
    this.#data ??= this.#isRoot ? this.#sharedData() : this.#makeData()
    return this.#data
  }

  /**
   * The bytes of the same memory, from its first item's to its last one's, with what lies between.
   *
   * @throws {@link BridgeError} `CONVERSION` where the memory is read-only; `RELEASED`
   */
  get bytes(): Uint8Array {
    this.#check()
    this.#checkWritable('bytes')
    const [begin, end] = spanOf(this.#layout)
    return new Uint8Array(this.#loan.buffer, begin, end - begin)
  }

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
  at(...indices: number[]): any {
    const items = this.#checked()
    const { shape, strides } = this.#layout
    if (indices.length > shape.length) {
      refuse(`at takes ${shape.length} indices, one for each axis, not ${indices.length}`)
    }
    let { offset } = this.#layout
    for (const [axis, index] of indices.entries()) {
      const length = shape[axis] as number
      if (!Number.isInteger(index)) refuse(`an index is an integer, not ${String(index)}`)
      const position = index < 0 ? index + length : index
      if (position < 0 || position >= length) return undefined
      offset += position * (strides[axis] as number)
    }
    if (indices.length === shape.length) return this.#read(items, offset)
    const count = indices.length
    return this.#part({ shape: shape.slice(count), strides: strides.slice(count), offset })
  }

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
  slice(...given: (PyBufferRange | number | null | undefined)[]): PyBuffer<Data> {
    this.#check()
    const isOneRange = given.length > 0 && !given.some(Array.isArray)
    const ranges = isOneRange ? [given as unknown as PyBufferRange] : given
    if (ranges.length > this.shape.length) {
      refuse(`slice takes ${this.shape.length} ranges, one for each axis, not ${ranges.length}`)
    }
    const shape: number[] = []
    const strides: number[] = []
    let { offset } = this.#layout
    for (const [axis, length] of this.shape.entries()) {
      const stride = this.strides[axis] as number
      const range = ranges[axis] ?? []
      const [first, step, count] =
        typeof range === 'number' ? oneOf(range, length) : within(range, length)
      offset += first * stride
      if (typeof range === 'number') continue
      shape.push(count)
      strides.push(step * stride)
    }
    return this.#part({ shape, strides, offset: shape.includes(0) ? this.#layout.offset : offset })
  }

  /**
   * The items as arrays within arrays, copied; the item itself where there is no axis.
   *
   * @throws {@link BridgeError} `CONVERSION` for items that JavaScript has no values for; `RELEASED`
   */
  // biome-ignore lint/suspicious/noExplicitAny: what an item is only the buffer knows.
  toArray(): any {
    const items = this.#checked()
    const { shape, strides, offset } = this.#layout
    const read = this.#reader()
    const readAll = (axis: number, at: number): unknown => {
      if (axis === shape.length) return read(items, at)
      const stride = strides[axis] as number
      return Array.from({ length: shape[axis] as number }, (_, i) =>
        readAll(axis + 1, at + i * stride),
      )
    }
    return readAll(0, offset)
  }

  /**
   * The items in a typed array of its own, one after another, the last axis first.
   *
   * @throws {@link BridgeError} `CONVERSION` where no typed array has such items; `RELEASED`
   */
  copy(): Data {
    this.#check()
    const { type } = this.#layout
    if (type.array === null) refuseItems(type)
    return copyItems(this.#loan.buffer, this.#layout) as Data
  }

  /** The items along the first axis: values, or parts where there are more axes. */
  // biome-ignore lint/suspicious/noExplicitAny: what an item is only the buffer knows.
  *[Symbol.iterator](): Generator<any, void, undefined> {
    const [length] = this.shape
    if (length === undefined) refuse('a buffer without axes has nothing to go through: use at()')
    for (let i = 0; i < length; i++) yield this.at(i)
  }

  /**
   * Gives the memory back: typed arrays over it become empty, and Python may resize it. `python.view`
   * of the same object shares the memory: it goes back with the last of its buffers.
   *
   * Nobody else may still be using it, such as `fs.read` that has not called back.
   *
   * @throws {@link BridgeError} `RELEASED` if this buffer was given back before
   */
  release(): void {
    if (this.#isReleased) throw released()
    this.#isReleased = true
    if (this.#isRoot) this.#loan.giveBack()
  }

  [Symbol.dispose](): void {
    if (!this.#isReleased) this.release()
  }

  get [Symbol.toStringTag](): string {
    return 'PyBuffer'
  }

  [inspect.custom](): string {
    if (this.#isReleased || this.#loan.isOver) return 'PyBuffer (released)'
    const notes = [this.readonly ? ' read-only' : '', this.isCopy ? ' copy' : ''].join('')
    return `PyBuffer ${this.dtype} [${this.shape.join(', ')}]${notes}`
  }

  #part(layout: Omit<Layout, 'type'>): PyBuffer<Data> {
    return new PyBuffer<Data>({
      loan: this.#loan,
      layout: {
        type: this.#layout.type,
        offset: layout.offset,
        shape: Object.freeze(layout.shape),
        strides: Object.freeze(layout.strides),
      },
      object: this.#object,
      isUnsafe: this.#isUnsafe,
      isRoot: false,
    })
  }

  /** Typed arrays of memory that was given back read as nothing: nobody shall take that for a value. */
  #check(): void {
    if (this.#isReleased || this.#loan.isOver) throw released()
  }

  #checked(): DataView {
    this.#check()
    this.#items ??= new DataView(this.#loan.buffer)
    return this.#items
  }

  #checkWritable(what: string): void {
    if (!this.#loan.isReadonly || this.#isUnsafe) return
    refuseData(
      'its memory is read-only, which a typed array cannot be',
      `read it with at(), toArray() or copy(), or promise never to write to ${what}: python.view(x, { unsafe: true })`,
    )
  }

  /** That of the whole memory is made once for all its buffers. */
  #sharedData(): Data {
    this.#checkWritable('data')
    const loan = this.#loan
    loan.data ??= this.#makeData()
    return loan.data as Data
  }

  #makeData(): Data {
    this.#checkWritable('data')
    const { type, shape, strides } = this.#layout
    if (type.array === null) refuseItems(type)
    const unit = type.size / type.elements
    const [begin, end] = spanOf(this.#layout)
    if (strides.some((stride, axis) => stride < 0 && (shape[axis] as number) > 1)) {
      refuseData(
        'its items go backwards in memory',
        'use at() or copy(), or pass numpy.ascontiguousarray(x)',
      )
    }
    const isAligned = (this.#loan.skew + begin) % unit === 0 && begin % unit === 0
    if (!isAligned || strides.some((stride) => stride % unit !== 0)) {
      refuseData('its items are not aligned in memory', 'use at() or copy(), or pass x.copy()')
    }
    return new (type.array as TypedArrayClass)(
      this.#loan.buffer,
      begin,
      (end - begin) / unit,
    ) as Data
  }

  #reader(): Reader {
    const { type } = this.#layout
    if (type.read === null) {
      refuseData(
        `its items are ${type.name}, which JavaScript has no values for`,
        'use bytes, or convert them there',
      )
    }
    return type.read
  }

  #read(items: DataView, offset: number): unknown {
    return this.#reader()(items, offset)
  }
}

function refuseItems({ name }: ItemType): never {
  const isForeign = name.startsWith('>') || name.startsWith('<')
  refuseData(
    `its items are ${name}, which no typed array has`,
    isForeign
      ? 'use at() or toArray(), or pass x.astype(x.dtype.newbyteorder("="))'
      : 'use at(), toArray() or bytes',
  )
}

function released(): BridgeError {
  return new BridgeError(
    'RELEASED',
    'this PyBuffer has given its memory back, or it was transferred',
    {
      advice: 'take another one: python.view(x)',
    },
  )
}

function refuse(detail: string): never {
  throw new BridgeError('INVALID_ARGUMENT', detail)
}

function refuseData(detail: string, advice: string): never {
  throw new BridgeError('CONVERSION', detail, { advice })
}

function isInOrder({ type, shape, strides }: Layout, order: 'C' | 'F'): boolean {
  if (shape.includes(0)) return true
  const axes = [...shape.keys()]
  if (order === 'C') axes.reverse()
  let expected = type.size
  for (const axis of axes) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false
    expected *= shape[axis] as number
  }
  return true
}

/** The bytes from the first item's to the last one's, whichever is first in memory. */
function spanOf({ type, shape, strides, offset }: Layout): [begin: number, end: number] {
  if (shape.includes(0)) return [offset, offset]
  let begin = offset
  let end = offset + type.size
  for (const [axis, length] of shape.entries()) {
    const reach = (length - 1) * (strides[axis] as number)
    if (reach < 0) begin += reach
    else end += reach
  }
  return [begin, end]
}

function oneOf(index: number, length: number): [first: number, step: number, count: number] {
  const position = index < 0 ? index + length : index
  if (!Number.isInteger(index) || position < 0 || position >= length) {
    refuse(`there is no item ${index} along an axis of ${length}`)
  }
  return [position, 1, 1]
}

/** As Python's `slice.indices`. */
function within(
  range: PyBufferRange,
  length: number,
): [first: number, step: number, count: number] {
  const [start, stop, step = 1] = range
  for (const each of [start ?? 0, stop ?? 0, step]) {
    if (!Number.isInteger(each)) refuse(`a range has integers and null, not ${String(each)}`)
  }
  if (step === 0) refuse('the step of a range is not 0')
  const [least, most] = step > 0 ? [0, length] : [-1, length - 1]
  const place = (index: number | null | undefined, otherwise: number): number => {
    if (index === null || index === undefined) return otherwise
    return Math.min(Math.max(index < 0 ? index + length : index, least), most)
  }
  const first = place(start, step > 0 ? least : most)
  const last = place(stop, step > 0 ? most : least)
  return [first, step, Math.max(0, Math.ceil((last - first) / step))]
}
