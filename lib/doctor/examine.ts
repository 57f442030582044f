import { explain, type Located } from '../runtime/locate/index.js'
import { type AttemptOptions, attempt } from './attempt.js'
import { addon } from './checks/addon.js'
import { choice } from './checks/choice.js'
import { cppLibrary } from './checks/cpp-library.js'
import { executable, internals, numpy, packages, standardLibrary } from './checks/inside.js'
import { node } from './checks/node.js'
import { end, start } from './checks/start.js'
import { type Check, type Exam, resultOf } from './exam.js'
import type { DoctorFinding, DoctorPython, DoctorReport } from './report.js'
import { examineSystem } from './system.js'

/** Which Python to look at, and what the user's program imports before it starts Python. */
export interface Examined {
  python?: string | undefined
  venv?: string | undefined
  /** The versions that will do. */
  version?: string | undefined
  imports: readonly string[]
  /** Seconds for which Python may take to start and answer. */
  timeout: number
}

/** In the order in which they are told. */
const checks: readonly Check[] = [
  node,
  addon,
  choice,
  cppLibrary,
  start,
  internals,
  standardLibrary,
  executable,
  packages,
  numpy,
  end,
]

/** Chooses a Python, starts it in a process of its own, and tells what is wrong. */
export async function examine({
  python,
  venv,
  version,
  imports,
  timeout,
}: Examined): Promise<DoctorReport> {
  const choiceOptions = {
    ...(python === undefined ? {} : { python }),
    ...(venv === undefined ? {} : { venv }),
    ...(version === undefined ? {} : { version }),
  }
  const system = examineSystem()
  const { located, steps, problem } = explain(choiceOptions)
  const options: AttemptOptions = {
    order: { start: located === null ? null : choiceOptions },
    imports,
    timeout,
  }
  const exam: Exam = {
    version,
    timeout,
    system,
    located,
    problem,
    attempt: await attempt(options),
    again: (env) => attempt({ ...options, env }),
  }
  const findings: DoctorFinding[] = []
  for (const check of checks) {
    const finding = await check(exam)
    if (finding !== null) findings.push(finding)
  }
  const chosen = located === null ? null : describe(exam, located)
  return { schema: 1, outcome: worst(findings), system, steps, python: chosen, findings }
}

function describe(exam: Exam, located: Located): DoctorPython {
  const started = resultOf(exam, 'start')
  const { executable, library, prefix, venv } = located
  const times = started?.internals
  return {
    version: started?.version ?? located.version,
    executable,
    library,
    prefix,
    venv,
    freeThreaded: started?.freeThreaded ?? null,
    debug: resultOf(exam, 'facts')?.debug ?? null,
    startMilliseconds: times ? times.loadMilliseconds + times.initializeMilliseconds : null,
  }
}

function worst(findings: readonly DoctorFinding[]): DoctorReport['outcome'] {
  const all = findings.map(({ outcome }) => outcome)
  if (all.includes('error')) return 'error'
  return all.includes('warning') ? 'warning' : 'ok'
}
