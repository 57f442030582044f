import { makeDate } from '../convert/date-parts.js'
import { unroll } from '../convert/decode.js'
import { defaults } from '../convert/defaults.js'
import { encode } from '../convert/encode.js'
import { defineShape, departingKeys } from '../convert/shapes.js'
import { knownTexts, mailbox, makeScratch, reserve } from '../convert/tape.js'
import { BridgeError } from '../errors/bridge-error.js'
import type { ErrorCode } from '../errors/catalogue.js'
import { describeView } from '../memory/native-views.js'
import { makeProxy, supplyCallers } from '../object/py-proxy.js'
import { makeError } from '../object/python-error.js'
import { describeThrown } from '../object/thrown.js'
import { binding, type Hooks } from '../runtime/binding.js'
import { jsThreads } from '../runtime/js-thread.js'
import { startHere } from '../runtime/start.js'
import { failCall, settleCall, settleScalar } from './async.js'
import { callers } from './callable.js'
import { warnSlow } from './slow-call.js'

type Target = (...args: unknown[]) => unknown

/** Gives native code its functions on this side, and the lower rooms theirs. */
export function connect(): void {
  supplyCallers(callers)
  const hooks: Hooks = {
    decode: () => unroll(),
    encode: (value) => encode(value, 'the result', defaults.mode),
    encodeForThread: (value) => encode(value, 'the result', defaults.mode, false),
    reserve,
    defineShape,
    makeDate,
    mailbox,
    knownTexts,
    departingKeys,
    makeProxy,
    describeView,
    makeError,
    makeBridgeError: (code, detail) =>
      new BridgeError(code as ErrorCode, detail === '' ? undefined : detail),
    describeThrown,
    apply: (target) => (target as Target)(...(unroll() as unknown[])),
    settleCall,
    settleScalar,
    failCall,
    warnSlow,
    startHere,
  }
  binding.connect(hooks, jsThreads().threadId)
  makeScratch()
}
