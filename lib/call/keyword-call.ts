import { isScalar } from '../convert/plain.js'
import type { PyHandle } from '../object/py-proxy.js'
import { binding } from '../runtime/binding.js'
import type { Keywords } from './keywords.js'

/** How many scalars native code takes one by one, beside two ids (Arguments::inline_count). */
const mostScalars = 8

/** Native code keeps each list of names as a tuple, for good: calls with more lists go by tape. */
const mostLists = 10_000

const lists = new Map<string, number>()
let lastNames: readonly string[] = []
let lastList = 0

/**
 * The list of names of a call that needs no tape, because all but its last argument, the keywords,
 * are scalars; 0 for any other call.
 */
export function listFor(args: readonly unknown[], { names, values }: Keywords): number {
  const count = args.length - 1
  if (count + values.length > mostScalars) return 0
  for (let i = 0; i < count; i++) if (!isScalar(args[i])) return 0
  return values.every(isScalar) ? listOf(names) : 0
}

/** Calls with scalars, the last of them named by a tuple that is made once. */
export function callByNames(
  handle: PyHandle,
  args: readonly unknown[],
  values: readonly unknown[],
  list: number,
): unknown {
  const id = handle.checkedId()
  if (args.length > 1) return binding.callKeywords(id, list, ...args.slice(0, -1), ...values)
  switch (values.length) {
    case 1:
      return binding.callKeywords(id, list, values[0])
    case 2:
      return binding.callKeywords(id, list, values[0], values[1])
    case 3:
      return binding.callKeywords(id, list, values[0], values[1], values[2])
    default:
      return binding.callKeywords(id, list, ...values)
  }
}

/** 0 where it is none that native code keeps. */
function listOf(names: readonly string[]): number {
  if (isSame(names, lastNames)) return lastList
  const key = names.map((name) => `${name.length}:${name}`).join()
  let list = lists.get(key) ?? 0
  if (list === 0 && names.length > 0 && lists.size < mostLists) {
    list = binding.internList(names)
    lists.set(key, list)
  }
  lastNames = names
  lastList = list
  return list
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  if (some.length !== others.length) return false
  for (let i = 0; i < some.length; i++) if (some[i] !== others[i]) return false
  return true
}
