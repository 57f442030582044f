import { BridgeError } from '../../errors/bridge-error.js'
import { pythonsFor } from './pythons-for.js'
import { parseRange, type Wanted, wantedFrom } from './range.js'
import type { Search } from './search.js'
import type { Source } from './source.js'

/**
 * The option `version`. It limits every source before this one; where none of them names a Python,
 * it takes the place of what the project's files ask for.
 */
export const versionOption: Source = {
  name: 'version',
  final: true,
  *candidates(search) {
    const [wanted] = askedFor(search)
    if (wanted !== undefined) yield* pythonsFor(wanted, 'the option version', 'shell', search)
  },
  absent: () => ({ tried: 'version', detail: 'no version is asked for' }),
}

/** The version that the caller asks for, as a list of at most one. */
export function askedFor({ version }: Search): Wanted[] {
  if (version === undefined) return []
  const range = parseRange(version)
  if (range === null) {
    throw new BridgeError('INVALID_ARGUMENT', `the version asked for is "${version}"`, {
      advice: "write a version or a range: '3.12', '3.13t', '>=3.11', '>=3.10,<3.14'",
    })
  }
  return [wantedFrom(range, `the version asked for is ${range.text}`)]
}
