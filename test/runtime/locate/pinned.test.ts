// What .python-version and .tool-versions ask for.
import { chmodSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { MadeUpSystem } from '../../fixtures/made-up-system.js'
import { folder, pyenv, python, uvPython, venv, write } from '../../fixtures/python-tree.js'

/** uv has 3.94 to 3.96, and PATH has 3.97. */
function withUv() {
  const system = new MadeUpSystem()
  const root = system.at('home/me/.local/share/uv/python')
  for (const version of ['3.94.2', '3.95.1', '3.95.12', '3.96.0rc2', '3.96.0+freethreaded'])
    uvPython(root, version)
  python(system.at('usr'))
  const env = { PATH: system.at('usr/bin') }
  const ask = (content: string, name = '.python-version') => {
    write(system.at('work/project', name), content)
    return { env }
  }
  return { system, root, ask, env }
}

describe('.python-version', () => {
  test.each([
    ['3.95', 'cpython-3.95.12-linux-x86_64-gnu/bin/python3'],
    ['3.95.1', 'cpython-3.95.1-linux-x86_64-gnu/bin/python3'],
    ['3', 'cpython-3.95.12-linux-x86_64-gnu/bin/python3'],
    ['395', 'cpython-3.95.12-linux-x86_64-gnu/bin/python3'],
    ['3.96', 'cpython-3.96.0+freethreaded-linux-x86_64-gnu/bin/python3'],
    ['3.96t', 'cpython-3.96.0+freethreaded-linux-x86_64-gnu/bin/python3'],
    ['3.96+freethreaded', 'cpython-3.96.0+freethreaded-linux-x86_64-gnu/bin/python3'],
    ['cpython-3.95', 'cpython-3.95.12-linux-x86_64-gnu/bin/python3'],
    ['cpython@3.94', 'cpython-3.94.2-linux-x86_64-gnu/bin/python3'],
    ['python3.94', 'cpython-3.94.2-linux-x86_64-gnu/bin/python3'],
    ['cpython-3.95.1-linux-x86_64-gnu', 'cpython-3.95.1-linux-x86_64-gnu/bin/python3'],
    ['>=3.94, <3.95', 'cpython-3.94.2-linux-x86_64-gnu/bin/python3'],
    ['# ours\n\n  3.94 # for now\r\n', 'cpython-3.94.2-linux-x86_64-gnu/bin/python3'],
    ['3.93\n3.94\n3.95', 'cpython-3.94.2-linux-x86_64-gnu/bin/python3'],
    ['pypy3.10\n3.94', 'cpython-3.94.2-linux-x86_64-gnu/bin/python3'],
    ['3.97', 'usr/bin/python3'],
    ['system', 'usr/bin/python3'],
  ])('%j is %s', (content, executable) => {
    const { system, ask } = withUv()
    const located = system.locate(ask(content))
    expect(located.executable.endsWith(`/${executable}`), located.executable).toBe(true)
    expect(located.steps.at(-1)).toMatchObject({ source: '.python-version', outcome: 'chosen' })
  })

  test('may be above, and name a folder', () => {
    const system = new MadeUpSystem()
    const executable = python(system.at('opt/py'))
    write(system.at('work/.python-version'), `${system.at('opt/py')}\n`)
    expect(system.locate().executable).toBe(executable)
  })

  test('is passed over where it names nothing', () => {
    const { system, ask } = withUv()
    const located = system.locate(ask('# nothing\n'))
    expect(located.executable).toBe(system.at('usr/bin/python3'))
    expect(located.steps.find(({ source }) => source === '.python-version')).toMatchObject({
      tried: system.at('work/project/.python-version'),
      outcome: 'absent',
      detail: 'it names no version',
    })
  })

  test.skipIf(process.getuid?.() === 0)('and where it may not be read (root reads all)', () => {
    const { system, ask } = withUv()
    const options = ask('3.94')
    chmodSync(system.at('work/project/.python-version'), 0)
    const located = system.locate(options)
    expect(located.executable).toBe(system.at('usr/bin/python3'))
    expect(located.steps.find(({ source }) => source === '.python-version')?.detail).toBe(
      'it cannot be read (EACCES)',
    )
  })

  test('comes after .venv, and before PATH', () => {
    const { system, ask } = withUv()
    const options = ask('3.94')
    expect(system.locate(options).version).toBe('3.94')
    const executable = venv(system.at('work/project/.venv'), python(system.at('opt/base')))
    expect(system.locate(options).executable).toBe(executable)
  })

  test('what it asks for and is not here is an error, with how to get it', () => {
    const { system, ask } = withUv()
    const { code, message } = system.refusal(ask('3.93'))
    expect(code).toBe('WRONG_VERSION')
    const file = system.at('work/project/.python-version')
    expect(message).toContain(`is Python 3.97, and ${file} asks for 3.93`)
    expect(message).toContain("uv python install '3.93'")
  })

  test('and where there is no Python at all, that is said', () => {
    const system = new MadeUpSystem()
    write(system.at('work/project/.python-version'), '3.93')
    const { code, message } = system.refusal()
    expect(code).toBe('WRONG_VERSION')
    expect(message).toContain('asks for 3.93, and there is no Python at all')
  })

  test.each([
    ['pypy3.10', 'pypy3.10 is not CPython, which alone can be embedded'],
    ['graalpy-24', 'graalpy-24 is not CPython'],
    ['my-project', 'my-project is neither a version nor an environment of pyenv'],
    ['../elsewhere', 'is neither a version nor'],
  ])('%s is refused', (content, reason) => {
    const { system, ask } = withUv()
    const { code, message } = system.refusal(ask(content))
    expect(code).toBe('WRONG_VERSION')
    expect(message).toContain(reason)
  })

  test('a Python of that version without a library is told before those of others', () => {
    const system = new MadeUpSystem()
    python(system.at('usr'))
    pyenv(system.at('home/me/.pyenv'), [])
    python(system.at('home/me/.pyenv/versions/3.95.3'), { version: '3.95', library: 'archive' })
    write(system.at('work/project/.python-version'), '3.95')
    const { code, message } = system.refusal({ env: { PATH: system.at('usr/bin') } })
    expect(code).toBe('LIBRARY_STATIC')
    expect(message).toContain('PYTHON_CONFIGURE_OPTS=--enable-shared pyenv install --force 3.95.3')
    expect(message).toContain(`nor will ${system.at('usr/bin/python3')}`)
  })

  test('an environment of pyenv-virtualenv', () => {
    const system = new MadeUpSystem()
    const root = system.at('home/me/.pyenv')
    pyenv(root, ['3.95.3'])
    const made = system.at('home/me/.pyenv/versions/3.95.3/envs/mine')
    const executable = venv(made, system.at('home/me/.pyenv/versions/3.95.3/bin/python3'))
    write(system.at('work/project/.python-version'), '3.95.3/envs/mine\n')
    expect(system.locate()).toMatchObject({ executable, venv: made, version: '3.95' })
  })

  test('pyenv comes before uv where its shims are on PATH, and after it where not', () => {
    const { system, root, ask } = withUv()
    const own = system.at('home/me/.pyenv')
    pyenv(own, ['3.95.3'])
    const options = ask('3.95')
    expect(system.locate(options).executable).toContain(root)
    const PATH = `${own}/shims:${options.env.PATH}`
    expect(system.locate({ env: { PATH } }).executable).toBe(`${own}/versions/3.95.3/bin/python3`)
  })

  test('"system" means none of the shims', () => {
    const system = new MadeUpSystem()
    pyenv(system.at('home/me/.pyenv'), ['3.95.3'])
    const executable = python(system.at('usr'))
    write(system.at('work/project/.python-version'), 'system')
    const PATH = `${system.at('home/me/.pyenv/shims')}:${system.at('usr/bin')}`
    expect(system.locate({ env: { PATH } }).executable).toBe(executable)
  })
})

describe('.tool-versions', () => {
  test.each([
    ['nodejs 20.1.0\npython 3.94.2\n', '3.94'],
    ['python 3.93.1 3.95.12 # the second is here', '3.95'],
    ['python latest:3.94', '3.94'],
    ['python system', '3.97'],
  ])('%j gives %s', (content, version) => {
    const { system, ask } = withUv()
    const located = system.locate(ask(content, '.tool-versions'))
    expect(located.version).toBe(version)
    expect(located.steps.at(-1)?.source).toBe('.tool-versions')
  })

  test('a path of asdf', () => {
    const system = new MadeUpSystem()
    const executable = python(system.at('opt/py'))
    write(system.at('work/.tool-versions'), `python path:${system.at('opt/py')}\n`)
    expect(system.locate().executable).toBe(executable)
  })

  test('without a line for python, one above may have it', () => {
    const { system, ask } = withUv()
    write(system.at('work/.tool-versions'), 'python 3.94.2\n')
    expect(system.locate(ask('nodejs 20.1.0\n', '.tool-versions')).version).toBe('3.94')
  })
})

describe('the Pythons of managers', () => {
  test.each([
    ['asdf', 'home/me/.asdf/installs/python/3.95.1', {}],
    ['asdf, by ASDF_DATA_DIR', 'asdf/installs/python/3.95.1', { ASDF_DATA_DIR: 'asdf' }],
    ['mise', 'home/me/.local/share/mise/installs/python/3.95.1', {}],
    ['mise, by MISE_DATA_DIR', 'mise/installs/python/3.95.1', { MISE_DATA_DIR: 'mise' }],
    ['mise, by XDG_DATA_HOME', 'data/mise/installs/python/3.95.1', { XDG_DATA_HOME: 'data' }],
    ['pyenv, by PYENV_ROOT', 'penv/versions/3.95.1', { PYENV_ROOT: 'penv' }],
    [
      'uv, by UV_PYTHON_INSTALL_DIR',
      'uvs/cpython-3.95.1-linux-x86_64-gnu',
      { UV_PYTHON_INSTALL_DIR: 'uvs' },
    ],
  ])('of %s', (_, prefix, variables) => {
    const system = new MadeUpSystem()
    const executable = python(system.at(prefix), { version: '3.95' })
    folder(system.at(prefix, '../latest'))
    write(system.at('work/project/.python-version'), '3.95\n')
    const env = Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, system.at(value as string)]),
    )
    expect(system.locate({ env }).executable).toBe(executable)
  })

  test('uv keeps other implementations and C libraries apart', () => {
    const system = new MadeUpSystem()
    const root = system.at('home/me/.local/share/uv/python')
    const needed = ['libpython3.95.so.1.0', 'libc.musl-x86_64.so.1']
    python(`${root}/pypy-3.95.1-linux-x86_64-gnu`, { version: '3.95' })
    python(`${root}/cpython-3.95.1-linux-x86_64-musl`, {
      version: '3.95',
      executableFile: { needed },
    })
    write(system.at('work/project/.python-version'), '3.95\n')
    expect(system.refusal().code).toBe('WRONG_VERSION')
    expect(system.locate({}, { libc: 'musl' }).executable).toContain('-musl/')
  })
})
