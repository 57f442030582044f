import { installAnother, useAnother } from '../another-python.js'
import { type Attempt, interrupted } from '../attempt.js'
import {
  type Check,
  type Exam,
  ill,
  outcomeOf,
  partsOf,
  resultOf,
  tellingLine,
  well,
} from '../exam.js'
import type { Task } from '../probe.js'
import { installPython, startWith } from '../remedy.js'

/** Whether Python started, in a process of its own. */
export const start: Check = async (exam) => {
  const started = outcomeOf(exam, 'start')
  const task = interrupted(exam.attempt)
  if (task !== null) return await died(exam, task)
  if (started === undefined || started.state === 'begun') return null
  if (started.state === 'failed') return failed(exam, started)
  const { version, internals } = started.result
  const took =
    internals === null ? 0 : internals.loadMilliseconds + internals.initializeMilliseconds
  return well('start', `Python ${version} started in ${Math.round(took)} ms`)
}

interface Failed {
  code: string | null
  message: string
  libraries: string[]
}

function failed(exam: Exam, { code, message, libraries }: Failed) {
  const { said, advice } = partsOf(message)
  if (code === 'LIBRARY_CONFLICT') {
    const guilty = libraries.filter(
      (path) => path.endsWith('.node') && path !== exam.system.pybridge.addon,
    )
    const by = guilty.length === 0 ? '' : `; these addons were loaded before: ${guilty.join(', ')}`
    return ill('start', { code, said: said + by, advice })
  }
  if (code === 'START_FAILED' && /encodings|codec of the filesystem/.test(message)) {
    const commands = installPython()
    const mend = 'install the standard library of this Python, or choose another Python'
    return ill('start', {
      code,
      said: `${said}: its standard library is missing`,
      advice: mend,
      commands,
    })
  }
  const glibc = /version `(GLIBC_[\d.]+)' not found/.exec(message)?.[1]
  if (glibc !== undefined) {
    const has = `glibc ${exam.system.libcVersion}`
    const advice = `this Python was built for a newer system than this one (${has}): use another`
    const commands = [...useAnother(exam), ...installAnother()]
    return ill('start', { code: 'LIBRARY_LOAD', said, advice, commands })
  }
  return ill('start', {
    code: (code ?? 'START_FAILED') as 'START_FAILED',
    said,
    advice: advice || ADVICE,
  })
}

const ADVICE = 'mend what the message names, or choose another Python with PYBRIDGE_PYTHON'

/** What a crash may come from, and how it is gone round. */
const detours = [{ PYBRIDGE_LAYOUTS: 'off' }, { PYBRIDGE_DEEPBIND: 'off' }] as const

async function died(exam: Exam, task: Task) {
  const { exit, stderr } = exam.attempt
  const doing = describe(task)
  if (exit.isLate) {
    return ill('start', {
      code: 'NO_ANSWER',
      said: `Python did not answer within ${exam.timeout} s while ${doing}`,
      advice:
        'look at what Python runs by itself (sitecustomize, .pth files), or give it more --timeout',
    })
  }
  const how = exit.signal === null ? `ended with exit code ${exit.code}` : `died of ${exit.signal}`
  const last = tellingLine(stderr)
  const said = `the process ${how} while ${doing}${last === '' ? '' : `: ${last}`}`
  for (const env of detours) {
    if (!survives(await exam.again(env), task)) continue
    const [[name, value] = ['', '']] = Object.entries(env)
    const advice = `set ${name}=${value} (tried here: it does not die then), and report it`
    return ill('start', {
      code: 'CRASHED',
      said,
      advice,
      commands: [startWith(name, value)],
    })
  }
  const other =
    exam.system.runtime.name === 'node' ? 'choose another Python with PYBRIDGE_PYTHON' : 'use Node'
  return ill('start', { code: 'CRASHED', said, advice: `${other}, and report it` })
}

function survives(attempt: Attempt, task: Task): boolean {
  return attempt.outcomes[task]?.state === 'done'
}

function describe(task: Task): string {
  if (task === 'load') return 'the native part was loaded'
  if (task === 'start') return 'Python started'
  if (task === 'facts') return 'it was asked where packages are'
  if (task === 'executable') return 'sys.executable ran'
  return `${task} was imported`
}

/** Whether it also ended as it should. */
export const end: Check = (exam) => {
  const { exit, stderr } = exam.attempt
  if (resultOf(exam, 'start') === null || interrupted(exam.attempt) !== null) return null
  if (exit.code === 0) return well('end', 'the process ended as it should')
  const how = exit.signal === null ? `with exit code ${exit.code}` : `by ${exit.signal}`
  return ill('end', {
    code: 'CRASHED',
    said: `the process ended ${how} after its work: ${tellingLine(stderr) || 'it said nothing'}`,
    advice: 'report it',
  })
}
