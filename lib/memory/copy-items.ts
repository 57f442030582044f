import type { Layout } from './layout.js'
import type { TypedArray } from './typed-array.js'

interface Copying {
  from: Uint8Array
  to: Uint8Array
  at: number
}

/** The items one after another, the last axis first, in a typed array of its own. */
export function copyItems(buffer: ArrayBuffer, layout: Layout): TypedArray {
  const { type, shape, offset } = layout
  const count = shape.reduce((product, length) => product * length, type.elements)
  const make = type.array as unknown as new (length: number) => TypedArray
  const copied = new make(count)
  const copying = { from: new Uint8Array(buffer), to: new Uint8Array(copied.buffer), at: 0 }
  copyAxis(copying, layout, 0, offset)
  return copied
}

function copyAxis(copying: Copying, layout: Layout, axis: number, offset: number): void {
  const { type, shape, strides } = layout
  const length = shape[axis] ?? 1
  const stride = strides[axis] ?? type.size
  if (axis < shape.length - 1) {
    for (let i = 0; i < length; i++) copyAxis(copying, layout, axis + 1, offset + i * stride)
  } else if (stride === type.size) {
    copyRun(copying, offset, length * stride)
  } else {
    for (let i = 0; i < length; i++) copyRun(copying, offset + i * stride, type.size)
  }
}

function copyRun(copying: Copying, offset: number, size: number): void {
  const { from, to, at } = copying
  if (size <= longestByHand) for (let i = 0; i < size; i++) to[at + i] = from[offset + i] as number
  else to.set(from.subarray(offset, offset + size), at)
  copying.at += size
}

/** Below it a loop is faster than a typed array made for the purpose. */
const longestByHand = 32
