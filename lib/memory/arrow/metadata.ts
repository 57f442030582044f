// Metadata of fields and schemas: a count of pairs, and each key and value after its length. Arrow
// allows any bytes, apache-arrow has strings.
import { endianness } from 'node:os'
import { BridgeError } from '../../errors/bridge-error.js'

const little = endianness() === 'LE'
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

export function readMetadata(bytes: Uint8Array | null): Map<string, string> {
  const read = new Map<string, string>()
  if (bytes === null) return read
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const take = (): number => {
    at += 4
    return view.getInt32(at - 4, little)
  }
  const text = (): string => {
    const length = take()
    at += length
    return decode(bytes.subarray(at - length, at))
  }
  for (let pairs = take(); pairs > 0; pairs--) read.set(text(), text())
  return read
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new BridgeError('CONVERSION', 'its metadata are no text, which apache-arrow needs', {
      advice: 'drop them: table.replace_schema_metadata(None)',
      cause,
    })
  }
}

export function writeMetadata(metadata: ReadonlyMap<string, string>): Uint8Array | null {
  if (metadata.size === 0) return null
  const texts = [...metadata].flat().map((text) => encoder.encode(text))
  const size = texts.reduce((sum, text) => sum + 4 + text.length, 4)
  const bytes = new Uint8Array(size)
  const view = new DataView(bytes.buffer)
  view.setInt32(0, metadata.size, little)
  let at = 4
  for (const text of texts) {
    view.setInt32(at, text.length, little)
    bytes.set(text, at + 4)
    at += 4 + text.length
  }
  return bytes
}
