import { describe, expect, test } from 'vitest'
import { MadeUpSystem } from '../../fixtures/made-up-system.js'
import { folder, link, python, venv, write } from '../../fixtures/python-tree.js'

describe('the prefix is the folder that holds the standard library', () => {
  test.each(['lib', 'lib64'] as const)('in %s', (standardLibrary) => {
    const system = new MadeUpSystem()
    const executable = python(system.at('opt/py'), { standardLibrary })
    expect(system.locate({ python: executable }).prefix).toBe(system.at('opt/py'))
  })

  test('of the real executable, not of a link to it', () => {
    const system = new MadeUpSystem()
    const alias = link(system.at('usr/bin/python3'), python(system.at('opt/py')))
    expect(system.locate({ python: alias }).prefix).toBe(system.at('opt/py'))
  })

  test('further up, where the executable lies deeper', () => {
    const system = new MadeUpSystem()
    const executable = python(system.at('opt/py/tools'), { standardLibrary: 'none' })
    write(system.at('opt/py/lib/python3.97/os.py'))
    expect(system.locate({ python: executable }).prefix).toBe(system.at('opt/py'))
  })

  test('of the base of a virtual environment', () => {
    const system = new MadeUpSystem()
    venv(system.at('env'), python(system.at('opt/py')))
    expect(system.locate({ venv: system.at('env') }).prefix).toBe(system.at('opt/py'))
  })
})

describe('PYTHONHOME', () => {
  const home = (content: (system: MadeUpSystem) => string, flags = '') => {
    const system = new MadeUpSystem()
    const executable = python(system.at('opt/py'), { flags })
    const search = { python: executable, env: { PYTHONHOME: content(system) } }
    return { system, search }
  }

  test.each([
    ['the prefix itself', 'opt/py', null],
    ['another prefix of the version', 'other', 'other/lib/python3.97/os.py'],
    ['one with lib64', 'other', 'other/lib64/python3.97/os.py'],
    ['one with compiled files alone', 'other', 'other/lib/python3.97/os.pyc'],
  ])('may be %s', (_, path, file) => {
    const { system, search } = home((here) => here.at(path))
    if (file !== null) write(system.at(file))
    expect(system.locate(search).prefix).toBe(system.at(path))
  })

  test('may hold two folders: the first is the prefix', () => {
    const { system, search } = home((here) => `${here.at('opt/py')}:${here.at('exec')}`)
    expect(system.locate(search).prefix).toBe(system.at('opt/py'))
  })

  test.each([
    ['nowhere', (system: MadeUpSystem) => system.at('nowhere')],
    ['an empty folder', (system: MadeUpSystem) => folder(system.at('empty'))],
    [
      'the home of another version',
      (system: MadeUpSystem) => {
        write(system.at('old/lib/python3.96/os.py'))
        return system.at('old')
      },
    ],
  ])('is BAD_HOME where it is %s', (_, content) => {
    const { system, search } = home(content)
    const { code, message } = system.refusal(search)
    expect(code).toBe('BAD_HOME')
    expect(message).toContain(`PYTHONHOME is ${search.env.PYTHONHOME}`)
    expect(message).toContain('lib/python3.97/os.py does not exist')
    expect(message).toContain('unset PYTHONHOME, or point it at the prefix of Python 3.97')
  })

  test('must hold the free-threaded standard library for a free-threaded build', () => {
    const { system, search } = home((here) => here.at('other'), 't')
    write(system.at('other/lib/python3.97/os.py'))
    expect(system.refusal(search).message).toContain('lib/python3.97t/os.py does not exist')
  })
})
