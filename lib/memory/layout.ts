// Where items lie: in which order, between which bytes, and which of them a range names.
import { BridgeError } from '../errors/bridge-error.js'
import type { ItemType } from './item-type.js'
import type { PyBufferRange } from './py-buffer.js'

/** How items lie in an ArrayBuffer. */
export interface Layout {
  readonly type: ItemType
  readonly shape: readonly number[]
  /** In bytes. */
  readonly strides: readonly number[]
  /** Where the first item is, in bytes. */
  readonly offset: number
}

export function refuse(detail: string): never {
  throw new BridgeError('INVALID_ARGUMENT', detail)
}

/** Whether they follow each other without gaps, the last axis first (C), or the first one (F). */
export function isInOrder({ type, shape, strides }: Layout, order: 'C' | 'F'): boolean {
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
export function spanOf({ type, shape, strides, offset }: Layout): [begin: number, end: number] {
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

/** The range that is one item. */
export function oneOf(index: number, length: number): [first: number, step: number, count: number] {
  const position = index < 0 ? index + length : index
  if (!Number.isInteger(index) || position < 0 || position >= length) {
    refuse(`there is no item ${index} along an axis of ${length}`)
  }
  return [position, 1, 1]
}

/** As Python's `slice.indices`. */
export function within(
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
