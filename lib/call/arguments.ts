import { encodeCall } from '../convert/encode.js'
import type { ConversionMode } from '../convert/rules.js'
import type { Lanes } from '../convert/writer.js'
import { BridgeError } from '../errors/bridge-error.js'
import { Keywords } from './keywords.js'
import type { Steering } from './steering.js'

/** The tape of a call: arguments of every kind, and keywords. */
export function encodeArguments(
  args: readonly unknown[],
  mode: ConversionMode,
  steering: Steering | null = null,
  hasShapes = true,
): Lanes {
  const last = args.at(-1)
  const keywords = last instanceof Keywords ? last : null
  let count = keywords === null ? args.length : args.length - 1
  while (count > 0 && args[count - 1] === undefined) count--
  const positional = args.slice(0, count)
  const missing = positional.indexOf(undefined)
  if (missing !== -1) {
    throw new BridgeError('CONVERSION', `argument ${missing} is undefined; pass null for None`)
  }
  return encodeCall(positional, keywords, mode, steering, hasShapes)
}
