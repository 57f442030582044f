import { describe, expect, test } from 'vitest'
import { MadeUpSystem } from '../../fixtures/made-up-system.js'
import { python, uvPython, write } from '../../fixtures/python-tree.js'

/** PATH has 3.97, and uv 3.95.1 and 3.98.0. */
function withProject(content: string, path = 'work/project/pyproject.toml') {
  const system = new MadeUpSystem()
  const file = write(system.at(path), content)
  python(system.at('usr'))
  for (const version of ['3.95.1', '3.98.0'])
    uvPython(system.at('home/me/.local/share/uv/python'), version)
  return { system, file, env: { PATH: system.at('usr/bin') } }
}

test.each([
  ['a range that holds what PATH has', '[project]\nrequires-python = ">=3.9"', '3.97'],
  ['one above it', '[project]\nrequires-python = ">=3.98"', '3.98'],
  ['one below it', "[project]\nrequires-python = '<3.97'", '3.95'],
  ['a dotted key', 'project.requires-python = "~=3.95.1"', '3.95'],
  ['an inline table', 'project = { name = "a", requires-python = "==3.95.*" }', '3.95'],
  ["Poetry's own", '[tool.poetry.dependencies]\npython = "~3.95"', '3.95'],
  [
    'a text that only looks like it',
    '[tool.x]\na = """\n[project]\nrequires-python = "<3"\n"""\n[project]\nrequires-python = "3.98"',
    '3.98',
  ],
])('%s', (_, content, version) => {
  const { system, env, file } = withProject(content)
  const located = system.locate({ env })
  expect(located.version).toBe(version)
  expect(located.steps.at(-1)?.source).toBe('pyproject.toml')
  const rejected = located.steps.filter(({ outcome }) => outcome === 'rejected')
  for (const { detail } of rejected) expect(detail).toContain(`${file} asks for`)
})

test('one above the working directory counts, the nearest alone', () => {
  const { system, env } = withProject('[project]\nrequires-python = "3.98"', 'work/pyproject.toml')
  expect(system.locate({ env }).version).toBe('3.98')
  write(system.at('work/project/pyproject.toml'), '[project]\nrequires-python = "3.95"')
  expect(system.locate({ env }).version).toBe('3.95')
})

test('.python-version comes before it', () => {
  const { system, env } = withProject('[project]\nrequires-python = ">=3.9"')
  write(system.at('work/project/.python-version'), '3.95')
  expect(system.locate({ env }).version).toBe('3.95')
})

test('what no Python here is of is an error that names the file', () => {
  const { system, env, file } = withProject('[project]\nrequires-python = ">=4"')
  const { code, message } = system.refusal({ env })
  expect(code).toBe('WRONG_VERSION')
  expect(message).toContain(`is Python 3.97, and ${file} asks for >=4`)
})

describe('says nothing, and PATH decides', () => {
  test.each([
    ['without a range', '[tool.ruff]\nline-length = 100', 'it asks for no version'],
    ['with one that is none', '[project]\nrequires-python = "new"', 'its "new" is no range of'],
    ['with a number in its place', '[project]\nrequires-python = 3.11', 'it asks for no version'],
    ['that is no TOML', '[project\nname =', 'it is not valid TOML'],
    ['that is empty', '', 'it asks for no version'],
  ])('%s', (_, content, detail) => {
    const { system, env, file } = withProject(content)
    const located = system.locate({ env })
    expect(located.executable).toBe(system.at('usr/bin/python3'))
    const step = located.steps.find(({ source }) => source === 'pyproject.toml')
    expect(step).toMatchObject({ tried: file, outcome: 'absent' })
    expect(step?.detail).toContain(detail)
  })
})
