import type { ChildProcess } from 'node:child_process'
import { dirname, join } from 'node:path'
import { BridgeError } from '../../errors/bridge-error.js'
import { isExecutable } from '../locate/entry.js'
import { nearest } from '../locate/nearest.js'
import type { Search } from '../locate/search.js'
import { commandOnPath } from '../locate/search-path.js'

/** The program uv: on PATH, where its installers put it, or in a `.venv` here or above. */
export function findUv(search: Search): string {
  const { env, home, host } = search
  const file = host.platform === 'win32' ? 'uv.exe' : 'uv'
  const bin = host.platform === 'win32' ? 'Scripts' : 'bin'
  const places = [
    join(home, '.local/bin'),
    join(home, '.cargo/bin'),
    join(host.root, 'opt/homebrew/bin'),
    join(host.root, 'usr/local/bin'),
  ]
  for (const settings of nearest('.venv/pyvenv.cfg', search.cwd)) {
    places.push(join(dirname(settings), bin))
  }
  const named = [env.UV, commandOnPath('uv', search), ...places.map((place) => join(place, file))]
  const uv = named.find((path) => path && isExecutable(path))
  if (!uv) throw new BridgeError('UV_NOT_FOUND')
  return uv
}

/** What one run of uv is to do. */
export interface Task {
  uv: string
  args: readonly string[]
  /** Its standard input. */
  input?: string
  onProgress: ((line: string) => void) | undefined
}

// What tells uv of another Python or environment than the one that it is given.
const misleading = [
  'CONDA_PREFIX',
  'PYTHONHOME',
  'PYTHONPATH',
  'UV_PYTHON',
  'UV_SYSTEM_PYTHON',
  'VIRTUAL_ENV',
]

/**
 * Runs uv.
 *
 * @throws {BridgeError} `ENV_FAILED` with what it said
 */
export async function runUv({ uv, args, input = '', onProgress }: Task): Promise<void> {
  const { spawn } = process.getBuiltinModule('node:child_process')
  const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1' }
  for (const name of misleading) delete env[name]
  const child = spawn(uv, args, { env, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true })
  child.stdin.on('error', () => {}) // it may end before it has read all
  child.stdin.end(input)
  child.stdout.resume()
  const said = listen(child.stderr, onProgress)
  const ending = await end(child)
  if (ending === null) return
  const words = said.join('\n').trim()
  const detail = `\`uv ${args.slice(0, 2).join(' ')}\` ${words === '' ? ending : `says:\n${words}\n`}`
  throw new BridgeError('ENV_FAILED', detail)
}

const MOST_LINES = 100

/** The lines of a stream, of which the last are kept. */
function listen(stream: NodeJS.ReadableStream, onProgress: Task['onProgress']): string[] {
  const lines: string[] = []
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    for (const line of parts) tell(line)
  })
  stream.on('end', () => {
    if (rest !== '') tell(rest)
  })
  function tell(line: string): void {
    lines.push(line)
    if (lines.length > MOST_LINES) lines.shift()
    onProgress?.(line)
  }
  return lines
}

/** How it failed; null where it did not. */
function end(child: ChildProcess): Promise<string | null> {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(`did not start (${error.message})`))
    child.on('close', (code, signal) => {
      resolve(code === 0 ? null : `ended with ${signal ?? `exit code ${code}`}`)
    })
  })
}
