import { basename, isAbsolute } from 'node:path'
import { checkExecutable, reason } from './entry.js'
import { type Program, readProgram } from './program.js'
import { followPyenv, pyenvRoot } from './pyenv.js'
import { Refusal } from './refusal.js'
import type { Search } from './search.js'
import { type Version, versionOfLibrary } from './version.js'

export interface Followed {
  executable: string
  program: Program
  /** How it was found, where something stood in for it. */
  how: string | null
}

const TIMEOUT = 10_000

/** Follows what stands in for a Python (a pyenv shim, a script, mise) to the real executable. */
export function follow(executable: string, search: Search): Followed {
  const program = readProgram(executable)
  const { script } = program
  if (script === null && !isOtherProgram(executable, program)) {
    return { executable, program, how: null }
  }
  const root = script === null ? null : pyenvRoot(executable, script)
  const real = root === null ? ask(executable, search) : followPyenv(executable, root, search)
  return { ...real, program: readProgram(real.executable) }
}

// mise links python3 to itself, and goes by the name it is called with.
function isOtherProgram(executable: string, { path, links }: Program): boolean {
  if (!/^python/i.test(basename(executable)) || /python|pypy/i.test(basename(path))) return false
  return links !== null && !links.needed.some((name) => versionOfLibrary(name) !== null)
}

/** Runs a Python to learn what none of its files tells: the third number of its version. */
export function askPatch(executable: string, version: Version, search: Search): Version {
  const answer = run(executable, 'sys.version_info[2]', search)
  if (/^\d+$/.test(answer)) return { ...version, patch: Number(answer) }
  throw new Refusal('PYTHON_INVALID', `${executable}, asked for its version, said "${answer}"`)
}

function ask(executable: string, search: Search): Omit<Followed, 'program'> {
  const answer = run(executable, 'sys.executable', search)
  if (!isAbsolute(answer)) {
    throw new Refusal('PYTHON_INVALID', `${executable}, asked for sys.executable, said "${answer}"`)
  }
  checkExecutable(answer)
  return { executable: answer, how: `${executable} was run once to ask for sys.executable` }
}

/** What the expression is there, by the last line that it prints. */
function run(executable: string, expression: string, { cwd, env }: Search): string {
  const { execFileSync } = process.getBuiltinModule('node:child_process') // 3 ms, seldom needed
  try {
    const said = execFileSync(executable, ['-c', `import sys; print(${expression})`], {
      cwd,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT,
    })
    return said.trim().split('\n').at(-1) ?? ''
  } catch (error) {
    const detail = `${executable}, asked for ${expression}, failed (${failure(error)})`
    throw new Refusal('PYTHON_INVALID', detail)
  }
}

function failure(error: unknown): string {
  const { status, stderr, code } = error as { status?: number; stderr?: string; code?: string }
  if (code === 'ETIMEDOUT') return `no answer in ${TIMEOUT / 1000} s`
  if (typeof status !== 'number') return reason(error)
  const said = stderr?.trim().split('\n').at(-1)
  return said ? `exit code ${status}: ${said}` : `exit code ${status}`
}
