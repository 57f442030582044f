import { spawn } from 'node:child_process'
import { isAbsolute, join } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { root } from '../runtime/package.js'
import type { Order, Results, Task, Told } from './probe.js'

/** What became of a task that was begun. */
export type Outcome<T extends Task = Task> =
  | { state: 'done'; result: Results[T] }
  | { state: 'failed'; code: string | null; message: string; libraries: string[] }
  /** The process ended meanwhile. */
  | { state: 'begun' }

/** What became of a process in which Python was to start. */
export interface Attempt {
  outcomes: { [T in Task]?: Outcome<T> }
  exit: { code: number | null; signal: NodeJS.Signals | null; isLate: boolean }
  /** The end of what it wrote to stderr. */
  stderr: string
}

export interface AttemptOptions {
  order: Order
  /** Modules that are imported first, as the user's program does. */
  imports: readonly string[]
  /** Seconds after which it is ended. */
  timeout: number
  /** On top of this process's environment. */
  env?: Readonly<Record<string, string>>
}

/** Starts Python in a child process, and tells how far it came. */
export function attempt({ order, imports, timeout, env = {} }: AttemptOptions): Promise<Attempt> {
  const found: Attempt = {
    outcomes: {},
    exit: { code: null, signal: null, isLate: false },
    stderr: '',
  }
  const before = imports.flatMap((name) => ['--import', specifier(name)])
  const script = join(root, 'dist', 'cli.js')
  const args = [...process.execArgv, ...before, script, 'probe', JSON.stringify(order)]
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    })
    const timer = setTimeout(() => {
      found.exit.isLate = true
      child.kill('SIGKILL')
    }, timeout * 1000)
    const [, , stderr, told] = child.stdio
    stderr?.setEncoding('utf8').on('data', (text: string) => {
      found.stderr = (found.stderr + text).slice(-4000)
    })
    const lines = (told as NodeJS.ReadableStream).setEncoding('utf8')
    let rest = ''
    lines.on('data', (text: string) => {
      const complete = (rest + text).split('\n')
      rest = complete.pop() ?? ''
      for (const line of complete) note(found, JSON.parse(line) as Told)
    })
    const settle = (code: number | null, signal: NodeJS.Signals | null) => {
      clearTimeout(timer)
      Object.assign(found.exit, { code, signal })
      resolve(found)
    }
    child.on('error', (error) => {
      found.stderr = error.message
      settle(null, null)
    })
    child.on('close', settle)
  })
}

/** Node takes an absolute path of Windows for a URL. */
function specifier(name: string): string {
  return isAbsolute(name) ? pathToFileURL(name).href : name
}

function note(found: Attempt, { task, ...outcome }: Told): void {
  Object.assign(found.outcomes, { [task]: outcome })
}

/** The task during which the process ended, if it did not come to its end. */
export function interrupted({ outcomes }: Attempt): Task | null {
  const [last] = Object.entries(outcomes).at(-1) ?? []
  const task = last as Task | undefined
  return task !== undefined && outcomes[task]?.state === 'begun' ? task : null
}
