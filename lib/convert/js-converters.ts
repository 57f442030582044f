import { binding } from '../runtime/binding.js'
import { activeConverters, type Converter } from './converters.js'
import { encode } from './encode.js'
import { handleOf } from './references.js'

/** Converters may make objects for converters: so often, before that is taken for a circle. */
export const mostPasses = 100

export function findForJs(value: object): Converter | undefined {
  return activeConverters()?.forJs(value) ?? undefined
}

/** What converters make of these objects, as proxies; added to what was made before. */
export function convertToPython(
  objects: ReadonlySet<object>,
  before: Map<object, object> | null,
  where: string,
): Map<object, object> {
  const made = before ?? new Map<object, object>()
  for (const object of objects) {
    const converter = findForJs(object)
    const result: unknown = converter?.toPython?.(object)
    const isProxy = typeof result === 'object' || typeof result === 'function'
    if (isProxy && result !== null && handleOf(result) !== undefined) made.set(object, result)
    else made.set(object, binding.reference(encode(result, where)))
  }
  return made
}
