// Memory that both sides hold, behind lib/call/, which loads this when it is first asked for.
import type { JsMemory } from '../convert/js-memory.js'
import { isObject } from '../convert/plain.js'
import { handleOf } from '../convert/references.js'
import { BridgeError } from '../errors/bridge-error.js'
import type { PyProxy } from '../object/py-proxy.js'
import { Loan } from './loan.js'
import { makeMemory, openView } from './native-views.js'
import { PyBuffer } from './py-buffer.js'

/** What {@link Python.view} takes. */
export interface ViewOptions {
  /**
   * Typed arrays also over memory that is read-only. Writing to one would change constants of Python's,
   * or end the process: the caller promises not to.
   */
  unsafe?: boolean
}

/** What {@link Python.memory} takes. */
export interface MemoryOptions {
  /** How many items there are along each axis; by default all of them along one. */
  shape?: readonly number[]
  /** Whether Python may not write there. */
  readonly?: boolean
}

/** A buffer over the memory of an object. */
export function viewOf(value: unknown, { unsafe: isUnsafe = false }: ViewOptions = {}): PyBuffer {
  const handle = isObject(value) ? handleOf(value) : undefined
  if (handle === undefined) {
    if (value instanceof PyBuffer) return viewOf(value.object, { unsafe: isUnsafe })
    throw new BridgeError('INVALID_ARGUMENT', 'python.view takes an object of Python’s', {
      advice: 'keep the result there: python.ref(value), or withOptions(fn, { returns: "ref" })',
    })
  }
  const loan = Loan.of(openView(handle))
  return new PyBuffer({
    loan,
    layout: loan.layout,
    object: value as PyProxy,
    isUnsafe: isUnsafe === true,
    isRoot: true,
  })
}

/** A pybridge.Memory over memory of JavaScript's. */
export function memoryOf(
  { bytes, kind, length }: JsMemory,
  { shape = [length], readonly: isReadonly = false }: MemoryOptions = {},
): PyProxy {
  const lengths: unknown[] = Array.isArray(shape) ? Array.from(shape) : [-1] // read once
  if (!lengths.every(isLength)) {
    throw new BridgeError('INVALID_ARGUMENT', 'a shape is an array of lengths')
  }
  const count = lengths.reduce((product, each) => product * each, 1)
  // Strides are numbers, too, where there is no item.
  const reach = lengths.reduce((product, each) => product * Math.max(each, 1), 1)
  if (count !== length || reach > mostItems) {
    throw new BridgeError('CONVERSION', `${length} items have no shape [${lengths.join(', ')}]`, {
      advice: `give lengths whose product is ${length}`,
    })
  }
  return makeMemory(bytes, kind, isReadonly === true, lengths) as PyProxy
}

/** Their bytes can still be counted. */
const mostItems = 2 ** 48

function isLength(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
