import type { ErrorCode } from '../errors/catalogue.js'
import type { Step } from '../runtime/locate/step.js'

/**
 * What `npx pybridge doctor --json` prints. Fields are added, never taken away or changed, while
 * `schema` is 1.
 *
 * @example
 * import { execFileSync } from 'node:child_process'
 * const text = execFileSync('npx', ['pybridge', 'doctor', '--json'], { encoding: 'utf8' })
 * const report = JSON.parse(text) as DoctorReport
 * for (const { said } of report.findings) console.log(said)
 */
export interface DoctorReport {
  schema: 1
  /** `error` where one of the findings is an error; then the exit code is 1, else 0. */
  outcome: 'ok' | 'warning' | 'error'
  system: DoctorSystem
  /** Where Python was looked for, in order, and what was found there. */
  steps: Step[]
  /** The Python that was chosen; null where there is none. */
  python: DoctorPython | null
  /** What was checked, in order. */
  findings: DoctorFinding[]
}

/** The machine, as far as it matters. */
export interface DoctorSystem {
  platform: string
  /** As `process.arch` says it. */
  arch: string
  /** The name of the distribution, or of the operating system. */
  name: string
  /** Linux only. */
  libc: 'glibc' | 'musl' | null
  /** glibc only, such as `2.36`. */
  libcVersion: string | null
  runtime: { name: 'node' | 'bun' | 'deno'; version: string; executable: string }
  pybridge: { version: string; folder: string /** The native part. */; addon: string | null }
}

/** The Python that was chosen. What only a started one tells is null where it did not start. */
export interface DoctorPython {
  /** `3.11.7` once started, before that what the library is named for (`3.11`). */
  version: string
  executable: string
  library: string
  prefix: string
  venv: string | null
  freeThreaded: boolean | null
  /** Whether it was built with its own asserts (`--with-pydebug`). */
  debug: boolean | null
  /** Milliseconds that loading the library and initialising Python took. */
  startMilliseconds: number | null
}

/** One thing that was checked. */
export interface DoctorFinding {
  check: DoctorCheck
  /** `error`: Python cannot start, or something that is installed in it cannot be loaded. */
  outcome: 'ok' | 'warning' | 'error'
  /** Stable: match on this. Null where all is well. */
  code: DoctorCode | null
  /** One plain sentence. */
  said: string
  /** What to do; null where there is nothing to do. */
  advice: string | null
  /** Commands for this system, the best first: each does it alone. */
  commands: string[]
}

/** What the doctor checks, in this order. */
export type DoctorCheck =
  | 'node'
  | 'addon'
  | 'choice'
  | 'cpp-library'
  | 'start'
  | 'internals'
  | 'standard-library'
  | 'executable'
  | 'packages'
  | 'numpy'
  | 'end'

/** What a finding can be about: a code of a `BridgeError`, or one of the doctor's own. */
export type DoctorCode =
  | ErrorCode
  /** Node itself is older than pybridge needs. */
  | 'NODE_TOO_OLD'
  /** Libraries of this Python want a newer C++ library than the one that Node has loaded. */
  | 'CPP_LIBRARY_TOO_OLD'
  /** Python died of a signal. */
  | 'CRASHED'
  /** Python did not answer in time. */
  | 'NO_ANSWER'
  /** Node's libraries and Python's are not kept apart. */
  | 'LIBRARIES_SHARED'
  /** Functions are used in place of memory layouts: slower, and otherwise the same. */
  | 'LAYOUTS_OFF'
  /** A module of the standard library cannot be imported. */
  | 'MODULE_MISSING'
  /** `sys.executable` does not run, so that Python can start no Python of its own. */
  | 'EXECUTABLE_FAILS'
  /** Packages cannot be installed where this Python looks for them. */
  | 'PACKAGES_READ_ONLY'
  /** NumPy is installed, and cannot be imported. */
  | 'NUMPY_FAILS'
