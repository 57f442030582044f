import { origins } from './brands.js'
import { checkCount, checkKey, close, Properties } from './containers.js'
import {
  nextWord,
  readRun,
  readScalar,
  remember,
  takeWord,
  unknownTag,
  wordsRead,
} from './cursor.js'
import { readFramed } from './read-framed.js'
import { arriving, makerOf, type Shape } from './shapes.js'
import { Bit, Tag, tagMask } from './tape.js'

/** The next value, whole. Native code sees to it that this is never deep. */
export function read(): unknown {
  const tag = takeWord()
  return tag < Tag.list ? readScalar(tag) : readContainer(tag)
}

function readContainer(tag: number): unknown {
  if ((tag & (Bit.wholes | Bit.floats)) !== 0) return readFramed(tag)
  const begin = wordsRead() - 1
  const kind = tag & tagMask
  const count = takeWord()
  const made = kind === Tag.object ? readShape(arriving[count] as Shape) : readPlain(kind, count)
  if (tag !== kind) remember(begin, made)
  return made
}

function readShape(shape: Shape): object {
  const make = shape.make ?? makerOf(shape, read)
  if (make !== null) return make()
  const object: Record<string, unknown> = { ...shape.blank }
  for (const key of shape.keys) object[key] = read()
  return object
}

function readPlain(kind: number, count: number): object {
  switch (kind) {
    case Tag.list:
      return readItems(count)
    case Tag.tuple:
      return close(kind, readItems(count))
    case Tag.dict: {
      const entries = new Properties()
      for (let i = 0; i < count; i++) entries.set(read() as string, read())
      const { object, order } = entries
      return close(kind, object, order === null ? origins.plain : { ...origins.plain, order })
    }
    case Tag.map:
    case Tag.js_map: {
      const map = new Map<unknown, unknown>()
      for (let i = 0; i < count; i++) map.set(checkKey(read()), read())
      checkCount(map.size, count)
      return close(kind, map)
    }
    case Tag.set:
    case Tag.frozenset:
    case Tag.js_set: {
      const set = new Set<unknown>()
      for (const item of readItems(count)) set.add(checkKey(item))
      checkCount(set.size, count)
      return close(kind, set)
    }
    default:
      throw unknownTag(kind)
  }
}

/** V8 makes arrays beyond this sparse where their length is given at once. */
const longest = 2 ** 25 - 1

/** What its first item is decides what an array may hold without being made anew. */
function newArray(count: number, isFloats: boolean): unknown[] {
  if (count > longest) return []
  if (!isFloats || count < 100) return new Array(count) // setting a length takes longer than that
  const items: unknown[] = [0.5]
  items.length = count
  return items
}

function readItems(count: number): unknown[] {
  const items = newArray(count, nextWord() === Tag.floats)
  for (let i = 0; i < count; ) {
    const tag = takeWord()
    if (tag >= Tag.list) items[i++] = readContainer(tag)
    else if (tag >= Tag.integers) i = readRun(tag, items, i)
    else items[i++] = readScalar(tag)
  }
  return items
}
