import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { nearest } from './nearest.js'
import { pinned } from './pinned.js'
import type { Search } from './search.js'
import type { Source } from './source.js'

/** What the line `python` of `.tool-versions`, here or above, asks for: the file of asdf and mise. */
export const toolVersions: Source = {
  name: '.tool-versions',
  final: true,
  *candidates(search) {
    const pin = pinFor(search)
    if (pin === null) return
    for (const request of pin.requests) yield* pinned(request, pin.file, search)
  },
  absent: ({ cwd }) => ({
    tried: join(cwd, '.tool-versions'),
    detail: 'no such file with a line for python, here or above',
  }),
}

function pinFor({ cwd }: Search): { file: string; requests: string[] } | null {
  for (const file of nearest('.tool-versions', cwd)) {
    const line = /^[ \t]*python[ \t]+([^#\r\n]+)/m.exec(readFileSync(file, 'utf8'))?.[1]
    if (line !== undefined) return { file, requests: line.trim().split(/\s+/).map(plain) }
  }
  return null
}

// 'path:/opt/python' and 'latest', 'latest:3.12' are words of asdf's.
function plain(request: string): string {
  return request.replace(/^path:/, '').replace(/^(latest|prefix)(:|$)/, '') || '3'
}
