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
  const { length } = args
  const last = length === 0 ? undefined : args[length - 1]
  const keywords = last instanceof Keywords ? last : null
  let count = keywords === null ? length : length - 1
  while (count > 0 && args[count - 1] === undefined) count--
  for (let i = 0; i < count; i++) {
    if (args[i] === undefined) {
      throw new BridgeError('CONVERSION', `argument ${i} is undefined; pass null for None`)
    }
  }
  return encodeCall({ positional: args, count, keywords, steering }, mode, hasShapes)
}
