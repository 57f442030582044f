import { dirname } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { decide } from '../../../lib/runtime/locate/decide.js'
import { thisHost } from '../../../lib/runtime/locate/host.js'
import { begin } from '../../../lib/runtime/locate/search.js'
import { MadeUpSystem } from '../../fixtures/made-up-system.js'
import { folder, link, python, venv, write } from '../../fixtures/python-tree.js'

/** One Python for each source; the tests take sources away from the front. */
function everySource() {
  const system = new MadeUpSystem()
  const base = python(system.at('opt/base'))
  const env: NodeJS.ProcessEnv = {
    PYBRIDGE_PYTHON: python(system.at('opt/named')),
    VIRTUAL_ENV: system.at('active'),
    PATH: [system.at('opt/first/bin'), system.at('opt/second/bin')].join(':'),
  }
  return {
    system,
    env,
    option: python(system.at('opt/option')),
    active: venv(system.at('active'), base),
    here: venv(system.at('work/project/.venv'), base),
    first: python(system.at('opt/first')),
    second: python(system.at('opt/second')),
  }
}

describe('the first source that names a Python decides', () => {
  test('the option, before all others', () => {
    const { system, env, option } = everySource()
    expect(system.locate({ python: option, env }).executable).toBe(option)
  })

  test('PYBRIDGE_PYTHON, before the environment', () => {
    const { system, env } = everySource()
    expect(system.locate({ env }).executable).toBe(env.PYBRIDGE_PYTHON)
  })

  test('VIRTUAL_ENV, before .venv', () => {
    const { system, env, active } = everySource()
    expect(system.locate({ env: { ...env, PYBRIDGE_PYTHON: '' } }).executable).toBe(active)
  })

  test('.venv, before PATH', () => {
    const { system, env, here } = everySource()
    expect(system.locate({ env: { PATH: env.PATH } }).executable).toBe(here)
  })

  test('PATH, in its own order', () => {
    const { system, env, first } = everySource()
    expect(system.locate({ env: { PATH: env.PATH }, cwd: system.root }).executable).toBe(first)
  })
})

test('an empty variable is as good as none', () => {
  const system = new MadeUpSystem()
  const env = { PYBRIDGE_PYTHON: '', VIRTUAL_ENV: '', PATH: '', PYTHONHOME: '' }
  expect(system.refusal({ env }).code).toBe('PYTHON_NOT_FOUND')
})

describe('what the user plainly named is never passed over', () => {
  test.each<[string, (system: MadeUpSystem) => { python?: string; venv?: string; env?: object }]>([
    ['the option python', (system) => ({ python: system.at('nothing/python3') })],
    ['the option venv', (system) => ({ venv: system.at('nothing') })],
    ['PYBRIDGE_PYTHON', (system) => ({ env: { PYBRIDGE_PYTHON: system.at('nothing/python3') } })],
    ['VIRTUAL_ENV', (system) => ({ env: { VIRTUAL_ENV: system.at('nothing') } })],
  ])('%s', (origin, options) => {
    const system = new MadeUpSystem()
    const PATH = system.at('usr/bin')
    python(system.at('usr'))
    const { env, ...named } = options(system)
    const error = system.refusal({ ...named, env: { PATH, ...env } })
    expect(error.code).toBe('PYTHON_INVALID')
    expect(error.message).toContain(`${system.at('nothing')}`)
    expect(error.message).toContain(`does not exist (from ${origin})`)
    expect(system.steps.at(-1)).toMatchObject({ outcome: 'rejected' })
  })

  test('a broken .venv, here or above', () => {
    const system = new MadeUpSystem()
    python(system.at('usr'))
    const broken = folder(system.at('work/.venv'))
    const error = system.refusal({ env: { PATH: system.at('usr/bin') } })
    expect(error.code).toBe('PYTHON_INVALID')
    expect(error.message).toContain(`${broken} is a folder without bin/python3`)
    expect(error.message).toContain(`python3 -m venv --clear ${broken}`)
  })
})

describe('.venv', () => {
  test.each(['work/project/.venv', 'work/.venv', '.venv'])('is found at %s', (path) => {
    const system = new MadeUpSystem()
    const executable = venv(system.at(path), python(system.at('opt/base')))
    expect(system.locate().executable).toBe(executable)
  })

  test('the nearest wins', () => {
    const system = new MadeUpSystem()
    const base = python(system.at('opt/base'))
    venv(system.at('work/.venv'), base)
    const near = venv(system.at('work/project/.venv'), base)
    expect(system.locate().executable).toBe(near)
  })

  test('a file of that name is not one', () => {
    const system = new MadeUpSystem()
    write(system.at('work/project/.venv'), 'name-of-an-environment\n')
    const above = venv(system.at('work/.venv'), python(system.at('opt/base')))
    expect(system.locate().executable).toBe(above)
  })

  test('a prefix without pyvenv.cfg, as Conda makes it, is as good', () => {
    const system = new MadeUpSystem()
    const executable = python(system.at('work/project/.venv'))
    expect(system.locate()).toMatchObject({ executable, venv: null })
  })

  test('a dangling link is broken', () => {
    const system = new MadeUpSystem()
    link(system.at('work/project/.venv'), system.at('gone'))
    expect(system.refusal().message).toContain(`is a link to ${system.at('gone')}, which does not`)
  })
})

test('a working directory that was deleted holds no .venv', () => {
  const system = new MadeUpSystem()
  const cwd = vi.spyOn(process, 'cwd').mockImplementation(() => {
    throw new Error('ENOENT: uv_cwd')
  })
  const search = begin({ env: {} }, { ...thisHost, arch: 'x64' })
  cwd.mockRestore()
  expect(search.cwd).toBe('/')
  const PATH = dirname(python(system.at('usr')))
  expect(decide({ ...search, env: { PATH } }, []).version).toBe('3.97')
})

describe('the steps', () => {
  test('tell what was looked at, in order, up to the choice', () => {
    const system = new MadeUpSystem()
    python(system.at('old'), { version: '3.7', flags: 'm' })
    const executable = python(system.at('usr'))
    const PATH = [system.at('old/bin'), system.at('usr/bin')].join(':')
    const located = system.locate({ env: { PATH } })
    const library = system.at('usr/lib/libpython3.97.so.1.0')
    expect(located.steps).toEqual([
      {
        source: 'option',
        tried: 'option',
        outcome: 'absent',
        detail: 'neither python nor venv is given',
      },
      {
        source: 'PYBRIDGE_PYTHON',
        tried: 'PYBRIDGE_PYTHON',
        outcome: 'absent',
        detail: 'it is not set',
      },
      { source: 'VIRTUAL_ENV', tried: 'VIRTUAL_ENV', outcome: 'absent', detail: 'it is not set' },
      { source: 'CONDA_PREFIX', tried: 'CONDA_PREFIX', outcome: 'absent', detail: 'it is not set' },
      {
        source: '.venv',
        tried: system.at('work/project/.venv'),
        outcome: 'absent',
        detail: 'no such folder, here or above',
      },
      {
        source: 'poetry',
        tried: 'poetry',
        outcome: 'absent',
        detail: 'there is no pyproject.toml',
      },
      { source: 'pipenv', tried: 'pipenv', outcome: 'absent', detail: 'there is no Pipfile' },
      { source: 'version', tried: 'version', outcome: 'absent', detail: 'no version is asked for' },
      {
        source: '.python-version',
        tried: system.at('work/project/.python-version'),
        outcome: 'absent',
        detail: 'no such file, here or above',
      },
      {
        source: '.tool-versions',
        tried: system.at('work/project/.tool-versions'),
        outcome: 'absent',
        detail: 'no such file with a line for python, here or above',
      },
      {
        source: 'pyproject.toml',
        tried: system.at('work/project/pyproject.toml'),
        outcome: 'absent',
        detail: 'no such file, here or above',
      },
      {
        source: 'CONDA_PREFIX',
        tried: 'CONDA_PREFIX',
        outcome: 'absent',
        detail: 'no base environment is active',
      },
      {
        source: 'PATH',
        tried: system.at('old/bin/python3'),
        outcome: 'rejected',
        detail: `${system.at('old/bin/python3')} is Python 3.7`,
      },
      {
        source: 'PATH',
        tried: executable,
        outcome: 'chosen',
        detail: `it is Python 3.97, and its library is ${library}`,
      },
    ])
  })

  test('end where a source decides', () => {
    const system = new MadeUpSystem()
    const executable = python(system.at('usr'))
    expect(system.locate({ python: executable }).steps).toHaveLength(1)
  })

  test('are all told where nothing was found', () => {
    const system = new MadeUpSystem()
    const { code, message } = system.refusal({ env: { PATH: system.at('usr/bin') } })
    expect(code).toBe('PYTHON_NOT_FOUND')
    expect(message).toContain(
      'looked at PATH (no python3 or python in its 1 folders); well-known (',
    )
    expect(message).toContain(
      'nothing is named by option, PYBRIDGE_PYTHON, VIRTUAL_ENV, CONDA_PREFIX',
    )
    expect(message).toContain("python.start({ python: '/path/to/python3' })")
  })
})
