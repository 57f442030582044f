import { decode } from '../convert/decode.js'
import { encode } from '../convert/encode.js'
import { reserve, shareScratch } from '../convert/tape.js'
import { BridgeError } from '../errors/bridge-error.js'
import type { ErrorCode } from '../errors/catalogue.js'
import { makeProxy, supplyCallers } from '../object/py-proxy.js'
import { makeError } from '../object/python-error.js'
import { describeThrown } from '../object/thrown.js'
import { binding } from '../runtime/binding.js'
import { callers } from './callable.js'

/** Gives native code its functions on this side, and the lower rooms theirs. */
export function connect(): void {
  supplyCallers(callers)
  binding.connect({
    decode,
    encode: (value) => encode(value, 'the result'),
    reserve,
    makeProxy,
    makeError,
    makeBridgeError: (code, detail) =>
      new BridgeError(code as ErrorCode, detail === '' ? undefined : detail),
    describeThrown,
  })
  shareScratch()
}
