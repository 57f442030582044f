import { readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join, parse } from 'node:path'
import process from 'node:process'
import { isExecutable } from '../runtime/locate/entry.js'
import { explain } from '../runtime/locate/index.js'
import { type Exam, installerOf } from './exam.js'
import { install, startWith } from './remedy.js'

/** How to use a Python that is here already: what PATH has, or the newest of pyenv or uv. */
export function useAnother(): string[] {
  const works = pythonThatWorks()
  return works === null ? [] : [startWith('PYBRIDGE_PYTHON', works)]
}

function pythonThatWorks(): string | null {
  const { PATH, Path, LD_LIBRARY_PATH } = process.env
  const env = { PATH, Path, LD_LIBRARY_PATH }
  const found = (python?: string) =>
    explain({ env, cwd: parse(process.execPath).root, ...(python === undefined ? {} : { python }) })
      .located?.executable
  const onPath = found()
  if (onPath !== undefined) return onPath
  const home = homeFolder()
  const folders = [
    join(process.env.PYENV_ROOT ?? join(home, '.pyenv'), 'versions'),
    process.env.UV_PYTHON_INSTALL_DIR ?? join(home, '.local/share/uv/python'),
  ]
  for (const folder of folders) {
    for (const name of newestFirst(folder)) {
      const executable = found(join(folder, name))
      if (executable !== undefined) return executable
    }
  }
  return null
}

// A minimal container has neither HOME nor a list of users.
function homeFolder(): string {
  try {
    return homedir()
  } catch {
    return '/'
  }
}

function newestFirst(folder: string): string[] {
  try {
    const { compare } = new Intl.Collator('en', { numeric: true })
    return readdirSync(folder).sort((a, b) => compare(b, a))
  } catch {
    return []
  }
}

/** How a Python that can be embedded is had: by what is on PATH, then by the system's packages. */
export function installAnother(exam: Exam): string[] {
  const commands = []
  if (isOnPath('uv')) commands.push('uv venv --python 3.13')
  if (isOnPath('conda')) commands.push('conda create --name py python=3.13 && conda activate py')
  if (isOnPath('pyenv')) {
    const build = 'PYTHON_CONFIGURE_OPTS=--enable-shared pyenv install 3.13'
    commands.push(`${build} && pyenv local 3.13`)
  }
  return [...commands, ...install('python', installerOf(exam))]
}

function isOnPath(command: string): boolean {
  const file = process.platform === 'win32' ? `${command}.exe` : command
  const folders = (process.env.PATH ?? process.env.Path ?? '').split(delimiter).filter(Boolean)
  return folders.some((folder) => isExecutable(join(folder, file)))
}
