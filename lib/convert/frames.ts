import type { Floats } from './brands.js'
import { Tag } from './tape.js'

/** A container of JavaScript's that is being written. */
export interface Frame {
  tag: number
  source: object
  /** Items; for mappings key, value, key, value …; of an object its values. */
  items: readonly unknown[]
  keys: readonly string[]
  /** Of `items` when they were counted: a getter may change an array while it is walked. */
  length: number
  index: number
  /** The item at `index`, which is asked for once; `unread` where it was not yet. */
  item: unknown
  floats: Floats | undefined
  floatKeys: ReadonlySet<unknown> | undefined
}

const none: readonly never[] = []
export const unread = Symbol('unread')

export function newFrame(): Frame {
  return {
    tag: 0,
    source: none,
    items: none,
    keys: none,
    length: 0,
    index: 0,
    item: unread,
    floats: undefined,
    floatKeys: undefined,
  }
}

/** Lets go of what a frame has walked. */
export function clear(frame: Frame): void {
  frame.source = none
  frame.items = none
  frame.keys = none
  frame.item = unread
}

/** The way from the outermost to the innermost of these frames, to what was read last. */
export function pathOf(frames: readonly Frame[]): string {
  return frames.map(stepOf).join('')
}

function stepOf({ tag, items, keys, index }: Frame): string {
  const last = index - 1
  switch (tag) {
    case Tag.list:
    case Tag.tuple:
      return `[${last}]`
    case Tag.object:
    case Tag.dict:
      return step(keys[last] as string)
    case Tag.map:
    case Tag.js_map:
      return last % 2 === 0 ? ' → a key' : entryStep(items[last - 1])
    default:
      return ' → an item of the Set'
  }
}

function step(key: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}

function entryStep(key: unknown): string {
  if (typeof key === 'string') return step(key)
  const isOpaque = typeof key === 'function' || (typeof key === 'object' && key !== null)
  return `.get(${isOpaque ? '…' : String(key)})`
}
