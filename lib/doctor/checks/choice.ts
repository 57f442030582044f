import { basename, delimiter, join } from 'node:path'
import process from 'node:process'
import { isExecutable } from '../../runtime/locate/entry.js'
import { type Check, type Exam, ill, installerOf, partsOf, well } from '../exam.js'
import { install } from '../remedy.js'

/** Whether a Python was found that can be embedded. */
export const choice: Check = (exam) => {
  const { located, problem } = exam
  if (located !== null) {
    const { source } = located.steps.at(-1) ?? { source: 'option' }
    return well('choice', `${located.executable} was chosen (${source})`)
  }
  if (problem === null) return null
  const { code, message } = problem
  const needsAnother = [
    'PYTHON_NOT_FOUND',
    'PYTHON_2',
    'PYTHON_TOO_OLD',
    'WRONG_ARCHITECTURE',
    'WRONG_LIBC',
  ]
  const commands = needsAnother.includes(code) ? anotherPython(exam) : []
  return ill('choice', { code, ...partsOf(message), commands })
}

/** How a Python that can be embedded is had here: by what is on PATH, then by the system's packages. */
function anotherPython(exam: Exam): string[] {
  const commands = []
  if (isOnPath('uv')) commands.push('uv venv --python 3.13')
  if (isOnPath('conda')) commands.push('conda create --name py python=3.13 && conda activate py')
  if (isOnPath('pyenv')) {
    const install = 'PYTHON_CONFIGURE_OPTS=--enable-shared pyenv install 3.13'
    commands.push(`${install} && pyenv local 3.13`)
  }
  return [...commands, ...install('python', installerOf(exam))]
}

function isOnPath(command: string): boolean {
  const file = process.platform === 'win32' ? `${basename(command)}.exe` : command
  const folders = (process.env.PATH ?? process.env.Path ?? '').split(delimiter).filter(Boolean)
  return folders.some((folder) => isExecutable(join(folder, file)))
}
