import { describe, expect, test } from 'vitest'
import { MadeUpSystem } from '../../fixtures/made-up-system.js'
import { link, python, uvPython, venv, write } from '../../fixtures/python-tree.js'

describe('the option version limits what names a Python', () => {
  test.each<[string, (system: MadeUpSystem) => object]>([
    ['the option python', (system) => ({ python: system.at('opt/py') })],
    ['the option venv', (system) => ({ venv: system.at('env') })],
    ['PYBRIDGE_PYTHON', (system) => ({ env: { PYBRIDGE_PYTHON: system.at('opt/py') } })],
    ['VIRTUAL_ENV', (system) => ({ env: { VIRTUAL_ENV: system.at('env') } })],
    ['CONDA_PREFIX', (system) => ({ env: { CONDA_PREFIX: system.at('opt/py') } })],
  ])('%s', (origin, options) => {
    const system = new MadeUpSystem()
    venv(system.at('env'), python(system.at('opt/py')))
    expect(system.locate({ ...options(system), version: '>=3.11' }).version).toBe('3.97')
    const { code, message } = system.refusal({ ...options(system), version: '<3.97' })
    expect(code).toBe('WRONG_VERSION')
    expect(message).toMatch(/is Python 3\.97(\.1)?, and the version asked for is <3\.97/)
    expect(message).toContain(`(from ${origin})`)
    expect(system.steps.at(-1)).toMatchObject({ outcome: 'rejected' })
  })

  test('a .venv of another version is an error too: its packages are wanted', () => {
    const system = new MadeUpSystem()
    venv(system.at('work/project/.venv'), python(system.at('opt/py')))
    uvPython(system.at('home/me/.local/share/uv/python'), '3.98.1')
    expect(system.refusal({ version: '3.98' }).code).toBe('WRONG_VERSION')
  })
})

describe('where nothing names one, it is looked for', () => {
  test('python3 on PATH comes first, for packages are likely there', () => {
    const system = new MadeUpSystem()
    const executable = python(system.at('usr'))
    uvPython(system.at('home/me/.local/share/uv/python'), '3.98.1')
    const located = system.locate({ version: '>=3.90', env: { PATH: system.at('usr/bin') } })
    expect(located.executable).toBe(executable)
    expect(located.steps.at(-1)).toMatchObject({ source: 'version', outcome: 'chosen' })
  })

  test('then a versioned name on PATH, the newest of the range', () => {
    const system = new MadeUpSystem()
    python(system.at('usr'))
    for (const version of ['3.94', '3.95', '3.96']) python(system.at('usr'), { version, links: [] })
    const located = system.locate({ version: '<3.96', env: { PATH: system.at('usr/bin') } })
    expect(located.executable).toBe(system.at('usr/bin/python3.95'))
  })

  test('then what a manager has', () => {
    const system = new MadeUpSystem()
    python(system.at('usr'))
    const root = system.at('home/me/.local/share/uv/python')
    uvPython(root, '3.98.0')
    const executable = uvPython(root, '3.98.1')
    const located = system.locate({ version: '3.98', env: { PATH: system.at('usr/bin') } })
    expect(located.executable).toBe(executable)
    expect(located.steps.find(({ source }) => source === 'version')).toMatchObject({
      tried: system.at('usr/bin/python3'),
      outcome: 'rejected',
      detail: `${system.at('usr/bin/python3')} is Python 3.97, and the version asked for is 3.98`,
    })
  })

  test('it takes the place of what files ask for', () => {
    const system = new MadeUpSystem()
    python(system.at('usr'))
    write(system.at('work/project/.python-version'), '3.93\n')
    write(system.at('work/project/pyproject.toml'), '[project]\nrequires-python = ">=4"\n')
    const options = { version: '3.97', env: { PATH: system.at('usr/bin') } }
    expect(system.locate(options).version).toBe('3.97')
  })

  test('the usual places come last', () => {
    const system = new MadeUpSystem()
    python(system.at('usr/local'), { version: '3.95', links: [] })
    expect(system.locate({ version: '3.95' }).executable).toBe(
      system.at('usr/local/bin/python3.95'),
    )
  })
})

describe('the patch level is told by', () => {
  const versions: [string, (system: MadeUpSystem) => string][] = [
    ['the folder of its manager', (system) => python(system.at('versions/3.97.4'))],
    [
      'the headers',
      (system) => {
        write(
          system.at('opt/py/include/python3.97/patchlevel.h'),
          '#define PY_VERSION  "3.97.4+"\n',
        )
        return python(system.at('opt/py'))
      },
    ],
    [
      "Conda's record of it",
      (system) => {
        write(system.at('opt/py/conda-meta/python-3.97.4-h955ad1f_1.json'), '{}')
        return python(system.at('opt/py'))
      },
    ],
    [
      'the environment',
      (system) => venv(system.at('env'), python(system.at('opt/py')), { version: '3.97.4' }),
    ],
  ]

  test.each(versions)('%s', (_, make) => {
    const system = new MadeUpSystem()
    const named = make(system)
    expect(system.locate({ python: named, version: '>=3.97.4' }).version).toBe('3.97')
    const { code, message } = system.refusal({ python: named, version: '>=3.97.5' })
    expect(code).toBe('WRONG_VERSION')
    expect(message).toContain('is Python 3.97.4, and the version asked for is >=3.97.5')
  })
})

test.each(['', 'newest', '3.x', '>='])('the version %o is no range', (version) => {
  const { code, message } = new MadeUpSystem().refusal({ version })
  expect(code).toBe('INVALID_ARGUMENT')
  expect(message).toContain(`the version asked for is "${version}"`)
  expect(message).toContain("'>=3.11'")
})

test('a link with another name does not hide the version', () => {
  const system = new MadeUpSystem()
  link(system.at('bin/python3.12'), python(system.at('opt/py')))
  const env = { PATH: system.at('bin') }
  expect(system.refusal({ version: '3.12', env }).message).toContain('is Python 3.97')
})
