import { receive, receiveReference } from '../convert/decode.js'
import { isObject } from '../convert/plain.js'
import { type ConversionMode, isReference, Rule } from '../convert/rules.js'
import type { Callers, PyHandle } from '../object/py-proxy.js'
import { binding } from '../runtime/binding.js'
import { encodeArguments } from './arguments.js'
import { callOff } from './async.js'
import { callByNames, listFor } from './keyword-call.js'
import { Keywords } from './keywords.js'
import { noLimits } from './limits.js'
import { rulesWith, steeringFor } from './steering.js'

/** Any call, with how its arguments and its result cross. */
export function callWith(
  handle: PyHandle,
  args: readonly unknown[],
  mode: ConversionMode,
  rules: number,
): unknown {
  const steering = steeringFor(handle, mode)
  const lanes = encodeArguments(args, mode, steering) // which may run code that releases the callable
  const steered = rulesWith(steering, rules)
  const returned = binding.callByTape(handle.checkedId(), lanes, steered)
  return isReference(steered) ? receiveReference(returned) : receive(returned)
}

/** With objects among its arguments, perhaps keywords. */
function callWithObjects(handle: PyHandle, args: readonly unknown[]): unknown {
  const last = args.at(-1)
  if (last instanceof Keywords) {
    const list = listFor(args, last)
    if (list !== 0) return receive(callByNames(handle, args, last.values, list))
  }
  return callWith(handle, args, 'auto', Rule.copy)
}

/** How many arguments native code takes one by one (Arguments::inline_count, less the id). */
const maxInline = 9

function callWithMany(handle: PyHandle, args: unknown[]): unknown {
  if (args.length > maxInline || args.some(isObject)) return callWithObjects(handle, args)
  return receive(binding.callMany(handle.checkedId(), ...args))
}

/** The first call, and every one that must not go straight to native code. */
function callSlowly(handle: PyHandle, args: unknown[]): unknown {
  const { mode, rules } = handle
  const isPlain = steeringFor(handle, mode) === null && mode === 'auto' && rules === Rule.copy
  if (!isPlain) return callWith(handle, args, mode, rules)
  handle.quick = handle.id
  return callWithMany(handle, args)
}

/**
 * The target of a callable's Proxy. Scalars go straight to native code, which is most calls; a tape
 * takes everything else. A method has no `prototype`, which a Proxy could not hide.
 */
function callable(handle: PyHandle): (...args: unknown[]) => unknown {
  const { target } = {
    target(a?: unknown, b?: unknown, c?: unknown): unknown {
      const { quick } = handle
      // biome-ignore lint/complexity/noArguments: rest parameters would allocate on every call.
      if (quick === 0) return callSlowly(handle, [...arguments])
      // biome-ignore lint/complexity/noArguments: see above.
      switch (arguments.length) {
        case 0:
          return receive(binding.call(quick))
        case 1:
          return isObject(a) ? callWithObjects(handle, [a]) : receive(binding.call(quick, a))
        case 2:
          return isObject(a) || isObject(b)
            ? callWithObjects(handle, [a, b])
            : receive(binding.call(quick, a, b))
        case 3:
          return isObject(a) || isObject(b) || isObject(c)
            ? callWithObjects(handle, [a, b, c])
            : receive(binding.call(quick, a, b, c))
        default:
          // biome-ignore lint/complexity/noArguments: see above.
          return callWithMany(handle, [...arguments])
      }
    },
  }
  return target
}

/** `new` needs a target that can be constructed; a bound function has no `prototype`. */
function constructible(handle: PyHandle): (...args: unknown[]) => unknown {
  const plain = callable(handle)
  // biome-ignore lint/complexity/useArrowFunction: an arrow function cannot be constructed.
  return function (...args: unknown[]): unknown {
    return plain(...args)
  }.bind(undefined)
}

export const callers: Callers = {
  callable: (handle) => callable(handle),
  constructible: (handle) => constructible(handle),
  construct: (handle, args) => callWith(handle, args, handle.mode, Rule.reference) as object,
  off: (handle) => callOff(handle, { ...noLimits, mode: handle.mode, rules: handle.rules }),
  plainly: (handle, args) =>
    receive(binding.callByTape(handle.checkedId(), encodeArguments(args, 'auto'), Rule.copy)),
}
