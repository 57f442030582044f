// The items of open containers on their way to a tape. Depth is bounded by memory, not by the stack.
import type { Floats } from './brands.js'
import type { Frame } from './frames.js'
import { Tag } from './tape.js'
import { write } from './write.js'
import { isShortText, putNumbers, putText, putTexts } from './writer.js'
import { areFloats, close, findHole, innermost, mode } from './writing.js'

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
      return areValuesDone(frame)
    case Tag.dict:
      return arePropertiesDone(frame)
    case Tag.map:
    case Tag.js_map:
      return areEntriesDone(frame)
    default:
      return areItemsDone(frame)
  }
}

function areItemsDone(frame: Frame): boolean {
  const { items, length, floats } = frame
  while (frame.index < length) {
    const { index } = frame
    const item = items[index]
    if (index + 1 < length) {
      if (typeof item === 'number' && typeof items[index + 1] === 'number') {
        const tag = tagOfNumbers(floats)
        if (tag !== 0) {
          frame.index = putNumbers(items, index, length, tag)
          continue
        }
      } else if (isShortText(item) && isShortText(items[index + 1])) {
        frame.index = putTexts(items, index, length)
        continue
      }
    }
    if (item === undefined && !Object.hasOwn(items, index)) {
      findHole(frame.source)
    }
    frame.index++
    const isSet = frame.tag >= Tag.set
    if (write(item, isFloat(floats, isSet ? item : index))) return false
  }
  return true
}

/** 0 where the numbers must be written one by one. */
function tagOfNumbers(floats: Floats | undefined): number {
  if (areFloats || mode === 'strict' || floats === true) return Tag.floats
  return floats === undefined && mode !== 'json' ? Tag.numbers : 0
}

function isFloat(floats: Floats | undefined, at: unknown): boolean {
  return floats !== undefined && (floats === true || floats.has(at))
}

function areValuesDone(frame: Frame): boolean {
  const { items, length, floats, keys } = frame
  while (frame.index < length) {
    const index = frame.index++
    if (write(items[index], floats !== undefined && isFloat(floats, keys[index]))) return false
  }
  return true
}

function arePropertiesDone(frame: Frame): boolean {
  const { items, length, floats, keys } = frame
  while (frame.index < length) {
    const index = frame.index++
    putText(keys[index] as string)
    if (write(items[index], isFloat(floats, keys[index]))) return false
  }
  return true
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
