import type { ErrorCode } from '../../errors/catalogue.js'
import { installAnother, useAnother } from '../another-python.js'
import { type Check, ill, partsOf, well } from '../exam.js'

/** Whether a Python was found that can be embedded. */
export const choice: Check = (exam) => {
  const { located, problem } = exam
  if (located !== null) {
    const source = located.steps.at(-1)?.source
    return well('choice', `${located.executable} was chosen (${source})`)
  }
  if (problem === null) return null
  const { code, message } = problem
  const commands = [...useAnother(exam), ...(wantAnother.includes(code) ? installAnother() : [])]
  return ill('choice', { code, ...partsOf(message), commands })
}

/** What only another Python mends. */
const wantAnother: readonly ErrorCode[] = [
  'PYTHON_NOT_FOUND',
  'PYTHON_2',
  'PYTHON_TOO_OLD',
  'LIBRARY_STATIC',
  'WRONG_ARCHITECTURE',
  'WRONG_LIBC',
]
