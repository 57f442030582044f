import { delimiter, join, parse } from 'node:path'
import process from 'node:process'
import { isExecutable } from '../runtime/locate/entry.js'
import { explain } from '../runtime/locate/index.js'
import type { Exam } from './exam.js'
import { installPython, startWith } from './remedy.js'

/** What chooses a Python. */
const choices = ['PYBRIDGE_PYTHON', 'VIRTUAL_ENV', 'CONDA_PREFIX', 'PYTHONHOME']

/** How to use a Python that is here already, and that a search without any choice finds. */
export function useAnother({ version }: Exam): string[] {
  const env = { ...process.env }
  for (const name of choices) delete env[name]
  const { located } = explain({ env, version, cwd: parse(process.execPath).root })
  return located === null ? [] : [startWith('PYBRIDGE_PYTHON', located.executable)]
}

/** How a Python that can be embedded is had: by what is on PATH, then by the system's packages. */
export function installAnother(): string[] {
  const commands = []
  if (isOnPath('uv')) commands.push('uv venv --python 3.13')
  if (isOnPath('conda')) commands.push('conda create --name py python=3.13 && conda activate py')
  if (isOnPath('pyenv')) {
    const build = 'PYTHON_CONFIGURE_OPTS=--enable-shared pyenv install 3.13'
    commands.push(`${build} && pyenv local 3.13`)
  }
  return [...commands, ...installPython()]
}

function isOnPath(command: string): boolean {
  const file = process.platform === 'win32' ? `${command}.exe` : command
  const folders = (process.env.PATH ?? process.env.Path ?? '').split(delimiter).filter(Boolean)
  return folders.some((folder) => isExecutable(join(folder, file)))
}
