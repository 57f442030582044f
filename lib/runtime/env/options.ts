import { BridgeError } from '../../errors/bridge-error.js'
import type { StartOptions } from '../start.js'

/** What {@link Python.env} takes: what the environment holds, and how Python starts in it. */
export interface EnvOptions extends Omit<StartOptions, 'python' | 'venv' | 'version'> {
  /** What to install, as pip and uv write it: `'numpy>=2'`, `'httpx[http2]==0.28.*'`. */
  requires?: readonly string[]
  /** A `requirements.txt`, or a `pyproject.toml` of which the `dependencies` are installed. */
  from?: string
  /**
   * A version or a range of versions (`'3.12'`, `'>=3.11'`), or an interpreter. By default the Python
   * that {@link Python.start} would choose without any environment.
   */
  python?: string
  /** Hears each line that uv prints while it builds: `console.error`, for example. */
  onProgress?: (line: string) => void
}

type Check = [fits: (value: unknown) => boolean, what: string]

const isText = (value: unknown) => typeof value === 'string' && value.trim() !== ''

const own: Record<'requires' | 'from' | 'python' | 'onProgress', Check> = {
  requires: [
    (value) => Array.isArray(value) && value.every(isRequirement),
    "an array of requirements, such as 'numpy>=2'; options and paths go into a file, for `from`",
  ],
  from: [isText, 'the path of a requirements.txt or a pyproject.toml'],
  python: [isText, 'a version, a range of versions, or an interpreter'],
  onProgress: [(value) => typeof value === 'function', 'a function'],
}

// A line that begins with a dash would be an option of uv's. What lies at a path may change, and
// the environment that is kept would not.
function isRequirement(value: unknown): boolean {
  return typeof value === 'string' && /^[A-Za-z0-9][^\r\n]*$/.test(value.trim())
}

/** The options of Python's start alone; refuses those of the environment that cannot be used. */
export function startOptions(options: EnvOptions): StartOptions {
  if (typeof options !== 'object' || options === null) {
    throw new BridgeError('INVALID_ARGUMENT', 'python.env takes an object of options')
  }
  const { requires, from, python, onProgress, ...rest } = options
  const given = { requires, from, python, onProgress }
  for (const [name, [fits, what]] of Object.entries(own)) {
    const value = given[name as keyof typeof given]
    if (value !== undefined && !fits(value)) {
      throw new BridgeError('INVALID_ARGUMENT', `python.env: ${name} is ${what}`)
    }
  }
  for (const name of ['venv', 'version']) {
    if (!Object.hasOwn(rest, name)) continue
    const advice = name === 'venv' ? 'use python.start for an environment of yours' : 'say python'
    throw new BridgeError('INVALID_ARGUMENT', `python.env has no option ${name}`, { advice })
  }
  return rest
}
