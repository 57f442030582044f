import type { Floats, Origin } from './brands.js'
import { checkCount, checkKey, close, originOf, Properties } from './containers.js'
import { readRun, readScalar, remember, takeWord, unknownTag, wordsRead } from './cursor.js'
import { arriving, type Shape } from './shapes.js'
import { Bit, Tag, tagMask } from './tape.js'

/** A container that is not complete. */
interface Frame {
  tag: number
  kind: number
  count: number
  index: number
  items: unknown[] | null
  entries: Properties | null
  shape: Shape | null
  map: Map<unknown, unknown> | null
  set: Set<unknown> | null
  object: object
  key: unknown
  hasKey: boolean
  /** Where floats are whole numbers: indices, keys, items. */
  wholes: Set<unknown>
  wholeKeys: Set<unknown> | null
}

/** Of the container whose tag, at this word, was read last. */
function openFrame(tag: number): Frame {
  const begin = wordsRead() - 1
  const kind = tag & tagMask
  if (kind > Tag.js_set) throw unknownTag(kind)
  let count = takeWord()
  const shape = kind === Tag.object ? (arriving[count] as Shape) : null
  if (shape !== null) count = shape.keys.length
  const items = kind === Tag.list || kind === Tag.tuple ? [] : null
  const entries = kind === Tag.dict ? new Properties() : null
  const map = kind === Tag.map || kind === Tag.js_map ? new Map<unknown, unknown>() : null
  const set = kind > Tag.js_map ? new Set<unknown>() : null
  const object = items ?? entries?.object ?? map ?? set ?? { ...shape?.blank }
  if ((tag & Bit.shared) !== 0) remember(begin, object)
  const wholes = new Set<unknown>()
  return {
    tag,
    kind,
    count,
    index: 0,
    items,
    entries,
    shape,
    map,
    set,
    object,
    key: undefined,
    hasKey: false,
    wholes,
    wholeKeys: null,
  }
}

function place(frame: Frame, value: unknown, isWhole: boolean): void {
  const { items, entries, shape, map, set } = frame
  if (items !== null) {
    if (isWhole) frame.wholes.add(frame.index)
    items[frame.index++] = value
  } else if (set !== null) {
    if (isWhole) frame.wholes.add(value)
    set.add(checkKey(value))
    frame.index++
  } else if (shape !== null) {
    const key = shape.keys[frame.index++] as string
    if (isWhole) frame.wholes.add(key)
    ;(frame.object as Record<string, unknown>)[key] = value
  } else if (!frame.hasKey) {
    if (isWhole) {
      frame.wholeKeys ??= new Set()
      frame.wholeKeys.add(value)
    }
    frame.key = value
    frame.hasKey = true
  } else {
    if (isWhole) frame.wholes.add(frame.key)
    entries?.set(frame.key as string, value)
    map?.set(checkKey(frame.key), value)
    frame.hasKey = false
    frame.index++
  }
}

function placeRun(frame: Frame, tag: number): void {
  const { index, items } = frame
  const run = items ?? []
  const from = items === null ? 0 : index
  const end = readRun(tag, run, from)
  if (items !== null) frame.index = end
  for (let i = from; i < end; i++) {
    const isWhole = tag === Tag.wholes && Number.isInteger(run[i])
    if (items === null) place(frame, run[i], isWhole)
    else if (isWhole && (frame.tag & Bit.floats) === 0) frame.wholes.add(i)
  }
}

function closeFrame(frame: Frame): object {
  const { kind, count, map, set, object } = frame
  const collection = map ?? set
  if (collection !== null) checkCount(collection.size, count)
  return close(kind, object, originOfFrame(frame))
}

function originOfFrame({ tag, kind, entries, wholes, wholeKeys }: Frame): Origin {
  const type = originOf(kind)
  const order = entries?.order ?? null
  const every: Floats | undefined = (tag & Bit.floats) === 0 ? undefined : true
  const floats = every ?? (wholes.size === 0 ? undefined : wholes)
  if (order === null && floats === undefined && wholeKeys === null) return type
  return { type: type.type, order, floats, floatKeys: wholeKeys ?? undefined }
}

/** A value of any depth. */
export function readDeep(): unknown {
  const tag = takeWord()
  return tag < Tag.list ? readScalar(tag) : readFramed(tag)
}

/**
 * The container whose tag was read last, without recursion: depth is bounded by memory, and a
 * container that is in itself is there before it is complete.
 */
export function readFramed(first: number): object {
  const frames: Frame[] = [openFrame(first)]
  for (;;) {
    let frame = frames.at(-1) as Frame
    while (frame.index === frame.count) {
      const object = closeFrame(frame)
      frames.pop()
      const outer = frames.at(-1)
      if (outer === undefined) return object
      place(outer, object, false)
      frame = outer
    }
    const tag = takeWord()
    if (tag >= Tag.list) frames.push(openFrame(tag))
    else if (tag >= Tag.integers) placeRun(frame, tag)
    else place(frame, readScalar(tag), tag === Tag.whole)
  }
}
