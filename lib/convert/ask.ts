// Questions to the package inside Python, past every converter: what answers them is ours.
import { binding } from '../runtime/binding.js'
import type { Arrival } from './arrival.js'
import { receive, unroll } from './decode.js'
import { type Arguments, encodeCall } from './encode.js'
import { type Handle, handleOf } from './references.js'
import { type ConversionMode, Rule } from './rules.js'

const functions = new Map<string, Handle>()

/** A function of a module of ours, held from then on. */
function functionOf(module: string, name: string): Handle {
  const key = `${module}.${name}`
  let found = functions.get(key)
  if (found === undefined) {
    const { id } = handleOf(binding.importModule(`pybridge.${module}`) as object) as Handle
    const proxy = binding.getAttribute(id, binding.intern(name), Rule.reference)
    found = handleOf(proxy as object) as Handle
    functions.set(key, found)
  }
  return found
}

function plain(positional: readonly unknown[]): Arguments {
  return { positional, count: positional.length, keywords: null, steering: null }
}

/** What the function returns, copied. */
export function ask(module: string, name: string, args: readonly unknown[]): unknown {
  const { id } = functionOf(module, name)
  const returned = binding.callByTape(id, encodeCall(plain(args), 'auto'), Rule.copy)
  return returned === undefined ? unroll(false, null) : returned
}

/** What the function returns, with the objects in it converted as part of a crossing. */
export function askWithin(
  arrival: Arrival,
  module: string,
  name: string,
  args: readonly unknown[],
): unknown {
  const { id } = functionOf(module, name)
  const rules = arrival.isReached ? Rule.reach : Rule.copy
  const returned = binding.callByTape(id, encodeCall(plain(args), 'auto'), rules)
  return returned === undefined ? unroll(false, arrival) : arrival.convert(returned)
}

/** What the function returns, as a reference. */
export function make(
  module: string,
  name: string,
  args: readonly unknown[],
  mode: ConversionMode = 'auto',
  known: Map<object, object> | null = null,
): object {
  const { id } = functionOf(module, name)
  return binding.callByTape(
    id,
    encodeCall(plain(args), mode, true, known),
    Rule.reference,
  ) as object
}

/** What the function returns, copied and converted as any result of a call. */
export function askConverted(module: string, name: string, args: readonly unknown[]): unknown {
  const { id } = functionOf(module, name)
  return receive(binding.callByTape(id, encodeCall(plain(args), 'auto'), Rule.copy))
}

/** The same number for each object of a type. */
export function typeNumberOf(proxy: object): number {
  return binding.typeNumber((handleOf(proxy) as Handle).checkedId())
}
