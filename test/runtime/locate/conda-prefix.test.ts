import { describe, expect, test } from 'vitest'
import { MadeUpSystem } from '../../fixtures/made-up-system.js'
import { folder, python, venv, write } from '../../fixtures/python-tree.js'

/** As Conda makes it: a static executable, and the library beside it. */
function conda(system: MadeUpSystem, path: string, version = '3.97'): string {
  write(system.at(path, `conda-meta/python-${version}.1-hab00c5b_0_cpython.json`), '{}')
  write(system.at(path, 'conda-meta/history'))
  return python(system.at(path), { version, library: 'beside' })
}

const active = (system: MadeUpSystem, path: string, name: string) => ({
  CONDA_PREFIX: system.at(path),
  CONDA_DEFAULT_ENV: name,
})

test.each([
  ['with a name', 'opt/conda/envs/mine', 'mine'],
  ['with a path', 'opt/env', 'SYSTEM/opt/env'],
  ['of an unknown name', 'opt/conda', ''],
])('an active environment %s is taken', (_, path, name) => {
  const system = new MadeUpSystem()
  const executable = conda(system, path)
  const env = active(system, path, name.replace('SYSTEM', system.root))
  expect(system.locate({ env })).toMatchObject({
    executable,
    library: system.at(path, 'lib/libpython3.97.so.1.0'),
    prefix: system.at(path),
    venv: null,
  })
  expect(system.steps.at(-1)).toMatchObject({ source: 'CONDA_PREFIX', outcome: 'chosen' })
})

describe('before and after', () => {
  test('a virtual environment that is active inside it wins', () => {
    const system = new MadeUpSystem()
    const base = conda(system, 'opt/conda/envs/mine')
    const executable = venv(system.at('work/env'), base)
    const env = {
      ...active(system, 'opt/conda/envs/mine', 'mine'),
      VIRTUAL_ENV: system.at('work/env'),
    }
    expect(system.locate({ env })).toMatchObject({ executable, venv: system.at('work/env') })
  })

  test('it wins over a .venv of the project', () => {
    const system = new MadeUpSystem()
    const executable = conda(system, 'opt/conda/envs/mine')
    venv(system.at('work/project/.venv'), executable)
    expect(system.locate({ env: active(system, 'opt/conda/envs/mine', 'mine') })).toMatchObject({
      executable,
    })
  })

  test('the base environment does not, for nobody chose it', () => {
    const system = new MadeUpSystem()
    const base = conda(system, 'opt/conda')
    const executable = venv(system.at('work/project/.venv'), base)
    const env = active(system, 'opt/conda', 'base')
    expect(system.locate({ env })).toMatchObject({ executable })
    expect(system.steps.find(({ source }) => source === 'CONDA_PREFIX')).toMatchObject({
      outcome: 'absent',
      detail: expect.stringContaining('its turn comes before PATH'),
    })
  })

  test('but it comes before PATH', () => {
    const system = new MadeUpSystem()
    const executable = conda(system, 'opt/conda')
    python(system.at('usr'))
    const env = { ...active(system, 'opt/conda', 'base'), PATH: system.at('usr/bin') }
    expect(system.locate({ env }).executable).toBe(executable)
    expect(system.steps.at(-1)).toMatchObject({ source: 'CONDA_PREFIX', outcome: 'chosen' })
  })

  test('a base environment that cannot be used is passed over', () => {
    const system = new MadeUpSystem()
    conda(system, 'opt/conda', '3.7')
    const executable = python(system.at('usr'))
    const env = { ...active(system, 'opt/conda', 'base'), PATH: system.at('usr/bin') }
    expect(system.locate({ env }).executable).toBe(executable)
  })

  test('an environment of pixi, which calls itself default, is no base', () => {
    const system = new MadeUpSystem()
    const path = 'work/project/.pixi/envs/default'
    const executable = conda(system, path)
    write(system.at(path, 'conda-meta/pixi'), '{}')
    venv(system.at('work/project/.venv'), executable)
    expect(system.locate({ env: active(system, path, 'project') })).toMatchObject({ executable })
  })

  test('_CONDA_ROOT tells the base where names do not', () => {
    const system = new MadeUpSystem()
    const base = conda(system, 'opt/base')
    const executable = venv(system.at('work/project/.venv'), base)
    const env = { ...active(system, 'opt/base', 'base'), _CONDA_ROOT: system.at('opt/base') }
    expect(system.locate({ env })).toMatchObject({ executable })
  })
})

test('an environment without Python, for other languages, says nothing', () => {
  const system = new MadeUpSystem()
  folder(system.at('opt/conda/envs/r/conda-meta'))
  const executable = python(system.at('usr'))
  const env = { ...active(system, 'opt/conda/envs/r', 'r'), PATH: system.at('usr/bin') }
  expect(system.locate({ env }).executable).toBe(executable)
  expect(system.steps.find(({ source }) => source === 'CONDA_PREFIX')?.detail).toBe(
    'this environment has no Python',
  )
})

test('one whose folder is gone is an error, with how to leave it', () => {
  const system = new MadeUpSystem()
  python(system.at('usr'))
  const env = { ...active(system, 'opt/conda/envs/gone', 'gone'), PATH: system.at('usr/bin') }
  const { code, message } = system.refusal({ env })
  expect(code).toBe('PYTHON_INVALID')
  expect(message).toContain('conda deactivate')
})
