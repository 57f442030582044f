// The names are those that Poetry and pipenv gave: test/runtime/locate/real-tools.test.ts asks them.
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { MadeUpSystem } from '../../fixtures/made-up-system.js'
import { folder, python, venv, write } from '../../fixtures/python-tree.js'

const hash = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 8)

/** A project of Poetry's, with environments for these versions. */
function withPoetry(
  project: string,
  versions = ['3.97'],
  { name = 'my-app', cache = 'home/me/.cache/pypoetry/virtualenvs' } = {},
) {
  const system = new MadeUpSystem()
  write(system.at('work/project/pyproject.toml'), project)
  const base = `${name}-${hash(system.cwd)}`
  const made = versions.map((version) => {
    const own = python(system.at('opt', version), { version })
    return venv(system.at(cache, `${base}-py${version}`), own, { version: `${version}.1` })
  })
  return { system, base, made, cache: system.at(cache) }
}

test.each([
  ["the project's own table", '[project]\nname = "my-app"', 'my-app'],
  ["Poetry's table", '[tool.poetry]\nname = "my-app"', 'my-app'],
  ['another spelling', '[project]\nname = "My__App.Thing"', 'my-app-thing'],
  ['a long name', `[project]\nname = "${'a'.repeat(60)}"`, 'a'.repeat(42)],
  ['no name', '[tool.poetry]\npackage-mode = false', 'non-package-mode'],
])('the name comes from %s', (_, project, name) => {
  const { system, made } = withPoetry(project, ['3.97'], { name })
  const located = system.locate()
  expect(located).toMatchObject({ executable: made[0], version: '3.97' })
  expect(located.steps.at(-1)).toMatchObject({ source: 'poetry', outcome: 'chosen' })
})

describe('of several environments', () => {
  test('the newest is taken', () => {
    const { system } = withPoetry('[project]\nname = "my-app"', ['3.9', '3.96', '3.97'])
    expect(system.locate().version).toBe('3.97')
  })

  test('but the one that `poetry env use` noted comes first', () => {
    const { system, base, cache } = withPoetry('[project]\nname = "my-app"', ['3.96', '3.97'])
    write(`${cache}/envs.toml`, `["${base}"]\nminor = "3.96"\npatch = "3.96.1"\n`)
    expect(system.locate().version).toBe('3.96')
  })

  test('an asked version chooses among them', () => {
    const { system } = withPoetry('[project]\nname = "my-app"', ['3.96', '3.97'])
    expect(system.locate({ version: '<3.97' }).version).toBe('3.96')
  })
})

describe('the folder of environments comes from', () => {
  test.each<[string, (system: MadeUpSystem) => Record<string, string>]>([
    ['POETRY_VIRTUALENVS_PATH', (system) => ({ POETRY_VIRTUALENVS_PATH: system.at('elsewhere') })],
    [
      'POETRY_CACHE_DIR',
      (system) => {
        write(
          system.at('home/me/.config/pypoetry/config.toml'),
          '[virtualenvs]\npath = "{cache-dir}"',
        )
        return { POETRY_CACHE_DIR: system.at('elsewhere') }
      },
    ],
    [
      'poetry.toml of the project',
      (system) => {
        write(system.at('work/project/poetry.toml'), '[virtualenvs]\npath = "../../elsewhere"\n')
        return {}
      },
    ],
    [
      "the user's config.toml",
      (system) => {
        const content = '[virtualenvs]\npath = "~/../../elsewhere"\n'
        write(system.at('home/me/.config/pypoetry/config.toml'), content)
        return {}
      },
    ],
  ])('%s', (_, settings) => {
    const { system, made } = withPoetry('[project]\nname = "my-app"', ['3.97'], {
      cache: 'elsewhere',
    })
    expect(system.locate({ env: settings(system) }).executable).toBe(made[0])
  })

  test.each([
    ['darwin', 'home/me/Library/Caches/pypoetry/virtualenvs'],
    ['linux', 'home/me/.cache/pypoetry/virtualenvs'],
  ] as const)("the caches of the user's system: %s", (platform, cache) => {
    const { system } = withPoetry('[project]\nname = "my-app"', ['3.97'], { cache })
    write(system.at('opt/3.97/lib/libpython3.97.dylib'))
    const located = system.locate({}, { platform })
    expect(located.steps.at(-1)?.source).toBe('poetry')
  })
})

test('.venv comes before it', () => {
  const { system } = withPoetry('[project]\nname = "my-app"')
  const executable = venv(system.at('work/project/.venv'), python(system.at('opt/base')))
  expect(system.locate().executable).toBe(executable)
})

test('a broken environment is an error, with what Poetry can do', () => {
  const { system, base, cache } = withPoetry('[project]\nname = "my-app"', [])
  folder(`${cache}/${base}-py3.97`)
  const { code, message } = system.refusal()
  expect(code).toBe('PYTHON_INVALID')
  expect(message).toContain('poetry env remove --all')
})

test('without an environment, the range of versions decides', () => {
  const { system } = withPoetry(
    '[tool.poetry]\nname = "a"\n[tool.poetry.dependencies]\npython = "^3.9"',
  )
  const executable = python(system.at('usr'))
  const located = system.locate({ env: { PATH: system.at('usr/bin') } })
  expect(located.executable).toBe(executable)
  expect(located.steps.at(-1)?.source).toBe('pyproject.toml')
})

describe('pipenv', () => {
  /** A Pipfile, and an environment of the name that pipenv gives it. */
  function withPipenv({ all = 'home/me/.local/share/virtualenvs', suffix = '' } = {}) {
    const system = new MadeUpSystem()
    const pipfile = write(system.at('work/project/Pipfile'), '[packages]\n')
    const base = python(system.at('opt/py'))
    return { system, made: venv(system.at(all, `project-${hash(pipfile)}${suffix}`), base) }
  }

  test('its environment is found by the path of the Pipfile', () => {
    const { system, made } = withPipenv()
    const cwd = folder(system.at('work/project/src'))
    const located = system.locate({ cwd })
    expect(located.executable).toBe(made)
    expect(located.steps.at(-1)).toMatchObject({ source: 'pipenv', outcome: 'chosen' })
  })

  test.each([
    ['WORKON_HOME', { all: 'envs' }, { WORKON_HOME: 'SYSTEM/envs' }],
    ['WORKON_HOME in the home folder', { all: 'home/me/envs' }, { WORKON_HOME: '~/envs' }],
    ['PIPENV_PYTHON', { suffix: '-3.97' }, { PIPENV_PYTHON: '3.97' }],
    ['PIPENV_PIPFILE', {}, { PIPENV_PIPFILE: 'PROJECT/Pipfile' }],
  ])('%s is heeded', (_, place, variables) => {
    const { system, made } = withPipenv(place)
    const env = Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [
        name,
        value.replace('SYSTEM', system.root).replace('PROJECT', system.cwd),
      ]),
    )
    const cwd = _ === 'PIPENV_PIPFILE' ? system.root : system.cwd
    expect(system.locate({ env, cwd }).executable).toBe(made)
  })

  test.each([
    ['a name in WORKON_HOME', 'mine', 'home/me/.local/share/virtualenvs/mine'],
    ['a path from the project', '../env', 'work/env'],
  ])('a file .venv with %s', (_, content, path) => {
    const system = new MadeUpSystem()
    write(system.at('work/project/Pipfile'))
    write(system.at('work/project/.venv'), `${content}\n`)
    const executable = venv(system.at(path), python(system.at('opt/py')))
    expect(system.locate().executable).toBe(executable)
  })

  test('without an environment, the others are asked', () => {
    const { system } = withPipenv({ all: 'elsewhere' })
    const executable = python(system.at('usr'))
    const located = system.locate({ env: { PATH: system.at('usr/bin') } })
    expect(located.executable).toBe(executable)
    expect(located.steps.find(({ source }) => source === 'pipenv')?.detail).toContain(
      'pipenv has not made',
    )
  })
})
