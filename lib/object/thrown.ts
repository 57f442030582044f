import { encode, encodeThrown } from '../convert/encode.js'
import { exceptionProxies } from '../convert/references.js'

function read(thrown: object, property: string): string {
  try {
    const value = (thrown as Record<string, unknown>)[property]
    return typeof value === 'string' ? value : ''
  } catch {
    return ''
  }
}

/**
 * What Python is told of something that JavaScript threw (a hook of native code): the exception
 * itself where it came from Python; else its name, message and stack, and the thing.
 */
export function describeThrown(thrown: unknown): unknown[] {
  if (typeof thrown !== 'object' || thrown === null) {
    const message = typeof thrown === 'function' ? 'a function was thrown' : String(thrown)
    return encodeThrown('Error', message, '', thrown)
  }
  const exception = exceptionProxies.get(thrown)
  if (exception !== undefined) return encode(exception)
  return encodeThrown(
    read(thrown, 'name') || 'Error',
    read(thrown, 'message'),
    read(thrown, 'stack'),
    thrown,
  )
}
