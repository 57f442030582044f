import { join } from 'node:path'
import { nearest } from './nearest.js'
import { type Pin, readPin } from './pin.js'
import { pinned } from './pinned.js'
import type { Search } from './search.js'
import type { Source } from './source.js'

/** What the line `python` of `.tool-versions`, here or above, asks for: the file of asdf and mise. */
export const toolVersions: Source = {
  name: '.tool-versions',
  final: true,
  *candidates(search) {
    const pin = pinFor(search)
    for (const request of pin?.requests ?? []) yield* pinned(request, pin?.origin ?? '', search)
  },
  absent(search) {
    const pin = pinFor(search)
    if (pin !== null) return { tried: pin.origin, detail: pin.detail }
    const tried = join(search.cwd, '.tool-versions')
    return { tried, detail: 'no such file with a line for python, here or above' }
  },
}

function pinFor({ cwd }: Search): Pin | null {
  for (const file of nearest('.tool-versions', cwd)) {
    const pin = readPin(file, read)
    if (pin !== null) return pin
  }
  return null
}

function read(text: string): string[] | null {
  const line = /^[ \t]*python[ \t]+([^#\r\n]+)/m.exec(text)?.[1]
  return line === undefined ? null : line.trim().split(/\s+/).map(plain)
}

// 'path:/opt/python' and 'latest', 'latest:3.12' are words of asdf's.
function plain(request: string): string {
  return request.replace(/^path:/, '').replace(/^(latest|prefix)(:|$)/, '') || '3'
}
