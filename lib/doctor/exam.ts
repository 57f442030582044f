import type { BridgeError } from '../errors/bridge-error.js'
import { distributionOf } from '../runtime/locate/distribution.js'
import type { Located } from '../runtime/locate/index.js'
import type { Attempt, Outcome } from './attempt.js'
import type { Task } from './probe.js'
import { commandsIn, type Installer } from './remedy.js'
import type { DoctorCheck, DoctorCode, DoctorFinding, DoctorSystem } from './report.js'

/** What the checks look at. */
export interface Exam {
  system: DoctorSystem
  /** The versions that will do; undefined where all do. */
  version: string | undefined
  located: Located | null
  /** Why no Python was chosen. */
  problem: BridgeError | null
  attempt: Attempt
  /** Seconds that it was given. */
  timeout: number
  /** Starts Python once more, in another environment. */
  again(env: Readonly<Record<string, string>>): Promise<Attempt>
}

/** One check: null where there was nothing to look at. */
export type Check = (exam: Exam) => DoctorFinding | null | Promise<DoctorFinding | null>

export function well(check: DoctorCheck, said: string): DoctorFinding {
  return { check, outcome: 'ok', code: null, said, advice: null, commands: [] }
}

/** Something that is wrong. The commands in the advice come first. */
export interface Trouble {
  outcome?: 'warning' | 'error'
  code: DoctorCode
  said: string
  advice: string
  commands?: readonly string[]
}

export function ill(check: DoctorCheck, trouble: Trouble): DoctorFinding {
  const { outcome = 'error', code, said, advice, commands = [] } = trouble
  const all = [...new Set([...commandsIn(advice), ...commands])]
  return { check, outcome, code, said, advice, commands: all }
}

/** The message of a BridgeError, in its parts. */
export function partsOf(message: string): { said: string; advice: string } {
  const [, happened = message, advice = ''] =
    /^(.*)\. What to do: (.*) \[\w+\]$/s.exec(message) ?? []
  // The steps are told apart from it.
  return { said: happened.replace(/[:;] looked at .*$/s, ''), advice }
}

export function outcomeOf<T extends Task>({ attempt }: Exam, task: T): Outcome<T> | undefined {
  return attempt.outcomes[task] as Outcome<T> | undefined
}

/** What a task came to; null where it did not come to its end. */
export function resultOf<T extends Task>(exam: Exam, task: T) {
  const outcome = outcomeOf(exam, task)
  return outcome?.state === 'done' ? outcome.result : null
}

/** How packages are installed here; null where that is not known. */
export function installerOf({ system }: Exam): Installer | null {
  if (system.platform === 'linux') return distributionOf('/').family
  return system.platform === 'darwin' || system.platform === 'win32' ? system.platform : null
}

/** The line of a dying process that says most: the last that names an error, or the last. */
export function tellingLine(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim())
  return lines.findLast((line) => /error|fatal|panic|abort/i.test(line)) ?? lastLine(stderr)
}

export const runtimeNames = { node: 'Node', bun: 'Bun', deno: 'Deno' } as const

/** The last line of several that says something. */
export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? ''
}
