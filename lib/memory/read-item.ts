// Items that DataView has no method for on every runtime.
import { BridgeError } from '../errors/bridge-error.js'
import type { Reader } from './item-type.js'
import type { ComplexItem } from './py-buffer.js'

/** IEEE 754 binary16, from its bits. */
export function readFloat16(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  if (exponent === 0) return sign * fraction * 2 ** -24
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

const half = new DataView(new ArrayBuffer(4))

/** The upper half of an IEEE 754 binary32. */
export function readBfloat16(bits: number): number {
  half.setUint16(0, bits)
  return half.getFloat32(0)
}

export function readComplex(real: number, imaginary: number): ComplexItem {
  return { real, imaginary }
}

/**
 * Bytes (`unit` 1) or characters (2: UTF-16 units, 4: code points) of a fixed size, without the zeros
 * that fill it up, as NumPy reads them.
 */
export function readText(size: number, unit: number, little: boolean): Reader {
  if (unit === 1) return (view, at) => readBytes(view, at, size)
  const take = unit === 2 ? 'getUint16' : 'getUint32'
  return (view, at) => {
    let end = size
    while (end > 0 && view[take](at + end - unit, little) === 0) end -= unit
    let text = ''
    for (let i = 0; i < end; i += unit) text += character(view[take](at + i, little))
    return text
  }
}

function character(point: number): string {
  if (point <= 0x10ffff) return String.fromCodePoint(point)
  throw new BridgeError('CONVERSION', `its text has a character ${point}, which is none`, {
    advice: 'look at bytes',
  })
}

/** One byte, of an array of them: a zero does not fill anything up. */
export function readByte(view: DataView, at: number): Buffer {
  return Buffer.from([view.getUint8(at)])
}

function readBytes(view: DataView, at: number, size: number): Buffer {
  let end = size
  while (end > 0 && view.getUint8(at + end - 1) === 0) end--
  return Buffer.from(new Uint8Array(view.buffer, view.byteOffset + at, end))
}
