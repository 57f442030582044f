import { resolve } from 'node:path'
import type { Host } from './host.js'

export interface LocateOptions {
  /** An executable, a command on PATH, a prefix folder, or the folder of a virtual environment. */
  python?: string | undefined
  /** The folder of a virtual environment. */
  venv?: string | undefined
  /** The versions that will do: '3.12', '>=3.11', '3.13t'. */
  version?: string | undefined
  /** Whether only a Python will do from which an environment can be made. */
  base?: boolean | undefined
  cwd?: string
  env?: NodeJS.ProcessEnv
}

/** What one search goes by. */
export interface Search {
  python: string | undefined
  venv: string | undefined
  version: string | undefined
  base: boolean
  cwd: string
  env: NodeJS.ProcessEnv
  home: string
  host: Host
}

export function begin(options: LocateOptions, host: Host): Search {
  const env = options.env ?? process.env
  const home = host.platform === 'win32' ? env.USERPROFILE : env.HOME
  return {
    python: options.python,
    venv: options.venv,
    version: options.version,
    base: options.base ?? false,
    cwd: options.cwd === undefined ? currentFolder() : resolve(options.cwd),
    env,
    home: home || host.home(),
    host,
  }
}

function currentFolder(): string {
  try {
    return process.cwd()
  } catch {
    return resolve('/') // it was deleted, and nothing can lie in it or above it
  }
}
