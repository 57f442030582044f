import { isScalar } from '../convert/encode.js'
import type { PyHandle } from '../object/py-proxy.js'
import { binding } from '../runtime/binding.js'
import type { Keywords } from './keywords.js'

/** How many scalars native code takes one by one, beside two ids (Arguments::inline_count). */
const mostScalars = 8

/** Native code keeps each list of names as a tuple, for good: calls with more lists go by tape. */
const mostLists = 10_000

interface NameList {
  id: number
  names: readonly string[]
}

const lists = new Map<string, NameList>()
let last: NameList = { id: 0, names: [] }

/** Whether a call, whose last argument is the keywords, needs no tape: all the others are scalars. */
export function isCalledByNames(args: readonly unknown[], { names, values }: Keywords): boolean {
  const count = args.length - 1
  if (count + values.length > mostScalars) return false
  for (let i = 0; i < count; i++) if (!isScalar(args[i])) return false
  return values.every(isScalar) && listOf(names).id !== 0
}

/** Calls with scalars, the last of them named by a tuple that is made once. */
export function callByNames(
  handle: PyHandle,
  args: readonly unknown[],
  { names, values }: Keywords,
): unknown {
  const id = handle.checkedId()
  const list = listOf(names).id
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

/** Its id is 0 where it is none that native code keeps. */
function listOf(names: readonly string[]): NameList {
  if (isSame(names, last.names)) return last
  const key = names.map((name) => `${name.length}:${name}`).join()
  let list = lists.get(key)
  if (list === undefined) {
    const isKept = names.length > 0 && lists.size < mostLists
    list = { id: isKept ? binding.internList(names) : 0, names }
    if (isKept) lists.set(key, list)
  }
  last = list
  return list
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  if (some.length !== others.length) return false
  for (let i = 0; i < some.length; i++) if (some[i] !== others[i]) return false
  return true
}
