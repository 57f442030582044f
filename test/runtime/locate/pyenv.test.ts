import { mkdirSync, rmSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { MadeUpSystem } from '../../fixtures/made-up-system.js'
import { pyenv, python, venv, write } from '../../fixtures/python-tree.js'

const installed = ['3.95.9', '3.95.10', '3.96.0', '3.96.1rc1', '3.96-dev', '3.97.0', '3.97.0t']

/** PATH is the shims alone, unless the test adds to it. */
function withPyenv(versions = installed) {
  const system = new MadeUpSystem()
  const shim = pyenv(system.at('pyenv'), versions)
  const env: NodeJS.ProcessEnv = { PATH: system.at('pyenv/shims') }
  const selected = (options = {}) =>
    system
      .locate({ env, ...options })
      .executable.split('/')
      .slice(-3)
      .join('/')
  return { system, shim, env, selected }
}

describe('the version comes from', () => {
  test('PYENV_VERSION, before all files', () => {
    const { system, env, selected } = withPyenv()
    write(system.at('work/project/.python-version'), '3.96.0\n')
    expect(selected({ env: { ...env, PYENV_VERSION: '3.97.0' } })).toBe('3.97.0/bin/python3')
  })

  test.each(['work/project/.python-version', 'work/.python-version', '.python-version'])(
    '%s, before the root',
    (file) => {
      const { system, selected } = withPyenv()
      write(system.at('pyenv/version'), '3.97.0\n')
      write(system.at(file), '3.96.0\n')
      expect(selected()).toBe('3.96.0/bin/python3')
    },
  )

  test('PYENV_DIR, in place of the working directory', () => {
    const { system, env, selected } = withPyenv()
    write(system.at('elsewhere/.python-version'), '3.96.0\n')
    write(system.at('work/project/.python-version'), '3.97.0\n')
    expect(selected({ env: { ...env, PYENV_DIR: system.at('elsewhere') } })).toContain('3.96.0')
  })

  test('the file version of the root', () => {
    const { system, selected } = withPyenv()
    write(system.at('pyenv/version'), '3.97.0\n')
    expect(selected()).toBe('3.97.0/bin/python3')
  })

  test('the system, where nothing is selected', () => {
    const { system, env, selected } = withPyenv()
    python(system.at('usr'))
    const PATH = `${env.PATH}:${system.at('usr/bin')}`
    expect(selected({ env: { PATH } })).toBe('usr/bin/python3')
  })
})

test.each([
  ['3.97.0', '3.97.0'],
  ['python-3.97.0', '3.97.0'],
  ['3.95', '3.95.10'],
  ['3.96', '3.96.0'],
  ['3.97', '3.97.0'],
  ['3.97t', '3.97.0t'],
  ['3', '3.97.0'],
  ['3.96-dev', '3.96-dev'],
  ['3.96.0:3.97.0', '3.96.0'],
  ['not-installed:3.96.0', '3.96.0'],
  ['# a comment\n\n3.96.0\n', '3.96.0'],
  ['3.96.0 and a remark\r\n', '3.96.0'],
  ['../../elsewhere\n3.96.0\n', '3.96.0'],
  ['without-command\n3.96.0\n', '3.96.0'],
])('.python-version %j selects %s', (content, version) => {
  const { system, selected } = withPyenv()
  mkdirSync(system.at('pyenv/versions/without-command/bin'), { recursive: true })
  python(system.at('elsewhere'))
  write(system.at('work/project/.python-version'), content)
  expect(selected()).toBe(`${version}/bin/python3`)
})

test('a virtual environment among the versions is one', () => {
  const { system, env } = withPyenv()
  const executable = venv(
    system.at('pyenv/versions/mine'),
    system.at('pyenv/versions/3.97.0/bin/python3.97'),
  )
  expect(system.locate({ env: { ...env, PYENV_VERSION: 'mine' } })).toMatchObject({
    executable,
    venv: system.at('pyenv/versions/mine'),
  })
})

test('the step says who selected it', () => {
  const { system, shim } = withPyenv()
  const file = write(system.at('work/project/.python-version'), '3.96.0\n')
  const { steps } = system.locate({ python: shim })
  expect(steps[0]?.detail).toContain(
    `${shim} is a shim of pyenv, which selects 3.96.0 (set by ${file}): it is Python 3.96`,
  )
})

test('no process is started', () => {
  const { system, shim } = withPyenv()
  rmSync(system.at('pyenv/libexec'), { recursive: true, force: true })
  expect(system.locate({ python: shim, env: { PYENV_VERSION: '3.96.0' } }).version).toBe('3.96')
})

describe('where no selected version has the command', () => {
  test('a name is refused, with what has it', () => {
    const { system, env } = withPyenv(['3.96.0'])
    const options = { python: 'python3', env: { ...env, PYENV_VERSION: 'gone' } }
    const { code, message } = system.refusal(options)
    expect(code).toBe('PYTHON_INVALID')
    expect(message).toContain('no selected version has python3: gone (set by PYENV_VERSION)')
    expect(message).toContain('select a version that has it with `pyenv local`: 3.96.0')
  })

  test('a root without versions says how to get one', () => {
    const { system, env } = withPyenv([])
    expect(system.refusal({ env }).message).toContain('pyenv install')
  })
})

test('a static version of pyenv is rebuilt by its name', () => {
  const { system, env } = withPyenv([])
  python(system.at('pyenv/versions/3.97.5'), { library: 'archive' })
  const { code, message } = system.refusal({ env: { ...env, PYENV_VERSION: '3.97.5' } })
  expect(code).toBe('LIBRARY_STATIC')
  expect(message).toContain('PYTHON_CONFIGURE_OPTS=--enable-shared pyenv install --force 3.97.5')
})
