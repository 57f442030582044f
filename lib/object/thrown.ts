import { encode, encodeThrown } from '../convert/encode.js'
import { exceptionOf, handleOf } from '../convert/references.js'
import type { Lanes } from '../convert/writer.js'
import { BridgeError } from '../errors/bridge-error.js'
import type { ErrorCode } from '../errors/catalogue.js'

function read(thrown: object, property: string): string {
  try {
    const value = (thrown as Record<string, unknown>)[property]
    return typeof value === 'string' ? value : ''
  } catch {
    return ''
  }
}

function descend(levels: number): number {
  return levels === 0 ? 0 : 1 + descend(levels - 1)
}

/**
 * The first read of a stack formats it, with code that others may supply (source maps). Where the
 * stack is nearly full that must not begin: V8 ends the process when it compiles a regular
 * expression there.
 */
function readStack(thrown: object): string {
  try {
    descend(500)
  } catch {
    return ''
  }
  return read(thrown, 'stack')
}

function codeOf(thrown: object): ErrorCode | null {
  try {
    return thrown instanceof BridgeError ? thrown.code : null
  } catch {
    return null
  }
}

/**
 * What Python is told of something that JavaScript threw (a hook of native code): the exception
 * itself where it came from Python and is still held; else its name, message and stack, the thing,
 * and the code of a BridgeError.
 */
export function describeThrown(thrown: unknown): Lanes {
  if (typeof thrown !== 'object' || thrown === null) {
    const message = typeof thrown === 'function' ? 'a function was thrown' : String(thrown)
    return encodeThrown('Error', message, '', thrown)
  }
  const exception = exceptionOf(thrown)
  if (exception !== undefined && handleOf(exception)?.id !== 0) return encode(exception)
  return encodeThrown(
    read(thrown, 'name') || 'Error',
    read(thrown, 'message'),
    readStack(thrown),
    thrown,
    codeOf(thrown),
  )
}
