// The items of open containers on their way to a tape. Depth is bounded by memory, not by the stack.
import { type Frame, unread } from './frames.js'
import { dataOf } from './plain.js'
import { Tag } from './tape.js'
import { write } from './write.js'
import { isFloat, putItems, putValues, unwritten } from './write-scalars.js'
import { putText } from './writer.js'
import { close, findUnplain, innermost } from './writing.js'

/** Writes the rest of all open containers, the innermost first. */
export function drain(): void {
  for (let frame = innermost(); frame !== undefined; frame = innermost()) {
    if (isDone(frame)) close(frame)
  }
}

/** Writes the rest of a container; false where one within it was begun. */
function isDone(frame: Frame): boolean {
  switch (frame.tag) {
    case Tag.object:
    case Tag.dict:
      return areValuesDone(frame)
    case Tag.map:
    case Tag.js_map:
      return areEntriesDone(frame)
    default:
      return areItemsDone(frame)
  }
}

function areItemsDone(frame: Frame): boolean {
  const { items, length, floats } = frame
  const areKeys = frame.tag >= Tag.set
  for (;;) {
    if (frame.item === unread) {
      frame.index = putItems(items, frame.index, length, floats, areKeys)
      if (frame.index === length) return true
      frame.item = unwritten
    }
    const index = frame.index++
    const { item } = frame
    frame.item = unread
    if (item === undefined && !Object.hasOwn(items, index)) findUnplain(frame.source)
    if (write(item, isFloat(floats, areKeys ? item : index))) return false
  }
}

function areValuesDone(frame: Frame): boolean {
  const { source, keys, floats } = frame
  const withKeys = frame.tag === Tag.dict
  for (;;) {
    const index = putValues(source, keys, frame.index, withKeys, floats)
    frame.index = index + 1
    if (index === keys.length) return true
    const key = keys[index] as string
    const property = dataOf(source, key)
    if (property === undefined) findUnplain(source)
    if (withKeys) putText(key)
    if (write(property.value, isFloat(floats, key))) return false
  }
}

function areEntriesDone(frame: Frame): boolean {
  const { items, length, floats, floatKeys } = frame
  while (frame.index < length) {
    const index = frame.index++
    const item = items[index]
    const isKey = index % 2 === 0
    const isOne = isKey ? isFloat(floatKeys, item) : isFloat(floats, items[index - 1])
    if (write(item, isOne)) return false
  }
  return true
}
