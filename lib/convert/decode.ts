import { BridgeError } from '../errors/bridge-error.js'
import { dicts, frozensets, keyOrders, tuples } from './brands.js'
import { header, scratch, shrink, Tag } from './tape.js'

interface Frame {
  tag: number
  target: unknown[] | Record<string, unknown> | Map<unknown, unknown> | Set<unknown>
  count: number
  index: number
  key: unknown
  hasKey: boolean
  /** Keys as Python has them, once one looks like an integer. */
  order: string[] | null
}

const integerLike = /^(?:0|[1-9]\d{0,9})$/

/** Also where the prototype has a setter of that name, such as `__proto__`. */
function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key in target) {
    Object.defineProperty(target, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    })
  } else {
    target[key] = value
  }
}

function place(frame: Frame, value: unknown): void {
  const { target } = frame
  if (Array.isArray(target)) {
    target[frame.index++] = value
  } else if (target instanceof Set) {
    checkKey(value)
    target.add(value)
    frame.index++
  } else if (!frame.hasKey) {
    frame.key = value
    frame.hasKey = true
    return
  } else {
    if (target instanceof Map) {
      checkKey(frame.key)
      target.set(frame.key, value)
    } else placeProperty(frame, target, frame.key as string, value)
    frame.hasKey = false
    frame.index++
  }
}

/** Map and Set keep −0 as 0. */
function checkKey(key: unknown): void {
  if (Object.is(key, -0)) {
    throw new BridgeError('CONVERSION', 'the key -0.0 would become 0 in JavaScript')
  }
}

function placeProperty(
  frame: Frame,
  target: Record<string, unknown>,
  key: string,
  value: unknown,
): void {
  if (frame.order === null && integerLike.test(key)) frame.order = Object.keys(target)
  frame.order?.push(key)
  setOwn(target, key, value)
}

function close(frame: Frame): void {
  const { tag, target } = frame
  if (target instanceof Map || target instanceof Set) {
    if (target.size !== frame.count) {
      throw new BridgeError(
        'CONVERSION',
        'two keys that Python tells apart are one in JavaScript, such as two NaN',
      )
    }
    if (tag === Tag.map) dicts.add(target as Map<unknown, unknown>)
    else if (tag === Tag.frozenset) frozensets.add(target as Set<unknown>)
  } else if (tag === Tag.tuple) {
    tuples.add(Object.freeze(target as unknown[]))
  } else if (frame.order !== null) {
    keyOrders.set(target, frame.order)
  }
}

function open(tag: number, count: number): Frame {
  const target =
    tag === Tag.list || tag === Tag.tuple
      ? []
      : tag === Tag.dict
        ? {}
        : tag === Tag.map || tag === Tag.js_map
          ? new Map<unknown, unknown>()
          : new Set<unknown>()
  return { tag, target, count, index: 0, key: undefined, hasKey: false, order: null }
}

/**
 * The value of the tape that native code has just written. Depth is bounded by memory, not by the
 * stack: open containers are frames of our own.
 *
 * @throws {@link BridgeError} `CONVERSION` where keys that are different in Python become one
 */
export function decode(objects: unknown[]): unknown {
  const { words, numbers } = scratch
  const text = objects[0] as string
  const containers: object[] = []
  const frames: Frame[] = []
  let word = header
  let number = 0
  let unit = 0

  for (;;) {
    const tag = words[word++] as number
    let value: unknown
    let whole = true
    switch (tag) {
      case Tag.none:
        value = null
        break
      case Tag.undefined:
        value = undefined
        break
      case Tag.no:
        value = false
        break
      case Tag.yes:
        value = true
        break
      case Tag.integer:
        value = words[word++]
        break
      case Tag.wide:
      case Tag.floating:
        value = numbers[number++]
        break
      case Tag.text: {
        const end = unit + (words[word++] as number)
        value = text === undefined ? '' : text.slice(unit, end)
        unit = end
        break
      }
      case Tag.object:
        value = objects[words[word++] as number]
        break
      case Tag.back:
        value = containers[words[word++] as number]
        break
      default: {
        const frame = open(tag, words[word++] as number)
        containers.push(frame.target)
        frames.push(frame)
        whole = false
      }
    }
    if (whole) {
      const frame = frames.at(-1)
      if (frame === undefined) return value
      place(frame, value)
    }
    let frame = frames.at(-1) as Frame
    while (frame.index === frame.count) {
      close(frame)
      frames.pop()
      const outer = frames.at(-1)
      if (outer === undefined) {
        shrink()
        return frame.target
      }
      place(outer, frame.target)
      frame = outer
    }
  }
}
