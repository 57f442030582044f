import { inspect } from 'node:util'
import { StandIn } from '../convert/stand-in.js'
import { BridgeError } from '../errors/bridge-error.js'
import type { PyProxy } from '../object/py-proxy.js'
import { copyItems } from './copy-items.js'
import type { ItemType, Reader, TypedArrayClass } from './item-type.js'
import { isInOrder, type Layout, oneOf, refuse, spanOf, within } from './layout.js'
import type { Loan } from './loan.js'
import type { PyBuffer, PyBufferRange } from './py-buffer.js'
import type { TypedArray } from './typed-array.js'

/** What one is made of. */
interface Parts {
  readonly loan: Loan
  readonly layout: Layout
  readonly object: PyProxy
  readonly isUnsafe: boolean
  /** Whether giving it back gives the memory back: not that of a part of another. */
  readonly isRoot: boolean
}

/** A {@link PyBuffer}. */
export class BufferView<Data extends TypedArray = TypedArray>
  extends StandIn
  implements PyBuffer<Data>
{
  readonly #loan: Loan
  readonly #layout: Layout
  readonly #object: PyProxy
  readonly #isUnsafe: boolean
  readonly #isRoot: boolean
  #isReleased = false
  #items: DataView | null = null
  #data: Data | null = null

  constructor({ loan, layout, object, isUnsafe, isRoot }: Parts) {
    super(object)
    this.#loan = loan
    this.#layout = layout
    this.#object = object
    this.#isUnsafe = isUnsafe
    this.#isRoot = isRoot
    if (isRoot) loan.acquire()
  }

  get object(): PyProxy {
    return this.#object
  }

  get shape(): readonly number[] {
    return this.#layout.shape
  }

  get strides(): readonly number[] {
    return this.#layout.strides
  }

  get dtype(): string {
    return this.#layout.type.name
  }

  get format(): string {
    return this.#loan.format
  }

  get itemSize(): number {
    return this.#layout.type.size
  }

  get length(): number {
    return this.shape.reduce((product, each) => product * each, 1)
  }

  get byteLength(): number {
    return this.length * this.itemSize
  }

  get readonly(): boolean {
    return this.#loan.isReadonly
  }

  get order(): 'C' | 'F' | null {
    return isInOrder(this.#layout, 'C') ? 'C' : isInOrder(this.#layout, 'F') ? 'F' : null
  }

  get isCopy(): boolean {
    return this.#loan.isCopy
  }

  get data(): Data {
    this.#check()
    this.#data ??= this.#isRoot ? this.#sharedData() : this.#makeData()
    return this.#data
  }

  get bytes(): Uint8Array {
    this.#check()
    this.#checkWritable('bytes')
    const [begin, end] = spanOf(this.#layout)
    return new Uint8Array(this.#loan.buffer, begin, end - begin)
  }

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

  copy(): Data {
    this.#check()
    const { type } = this.#layout
    if (type.array === null) refuseItems(type)
    return copyItems(this.#loan.buffer, this.#layout) as Data
  }

  // biome-ignore lint/suspicious/noExplicitAny: what an item is only the buffer knows.
  *[Symbol.iterator](): Generator<any, void, undefined> {
    const [length] = this.shape
    if (length === undefined) refuse('a buffer without axes has nothing to go through: use at()')
    for (let i = 0; i < length; i++) yield this.at(i)
  }

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
    return new BufferView<Data>({
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

function refuseData(detail: string, advice: string): never {
  throw new BridgeError('CONVERSION', detail, { advice })
}
