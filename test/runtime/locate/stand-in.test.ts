import { describe, expect, test, vi } from 'vitest'
import { elfFile } from '../../fixtures/elf-file.js'
import { MadeUpSystem } from '../../fixtures/made-up-system.js'
import { link, python, script, venv, write } from '../../fixtures/python-tree.js'

test('a script that stands in for Python is asked once, and the step says so', () => {
  const system = new MadeUpSystem()
  const executable = python(system.at('opt/py'))
  const wrapper = script(
    system.at('bin/python3'),
    `echo run >> ${system.at('log')}`,
    'echo a greeting',
    `[ "$2" = "import sys; print(sys.executable)" ] && echo ${executable}`,
  )
  const ask = vi.spyOn(process, 'getBuiltinModule')
  const located = system.locate({ env: { PATH: system.at('bin') } })
  expect(ask).toHaveBeenCalledTimes(1)
  ask.mockRestore()
  expect(located.executable).toBe(executable)
  expect(located.steps.at(-1)?.detail).toContain(
    `${wrapper} was run once to ask for sys.executable: it is Python 3.97`,
  )
})

test('it gets the environment and the folder of the search', () => {
  const system = new MadeUpSystem()
  const executable = python(system.at('work/project/py'))
  const wrapper = script(system.at('bin/wrapper'), 'echo "$PWD/$WHERE"')
  const located = system.locate({ python: wrapper, env: { WHERE: 'py/bin/python3' } })
  expect(located.executable).toBe(executable)
})

test('it may answer with a virtual environment', () => {
  const system = new MadeUpSystem()
  const executable = venv(system.at('env'), python(system.at('opt/py')))
  const wrapper = script(system.at('bin/python3'), `echo ${executable}`)
  expect(system.locate({ python: wrapper }).venv).toBe(system.at('env'))
})

test('a program that goes by the name of python, such as mise, is asked too', () => {
  const system = new MadeUpSystem()
  const executable = python(system.at('opt/py'))
  script(system.at('usr/bin/mise'), `echo ${executable}`)
  const shim = link(system.at('shims/python3'), system.at('usr/bin/mise'))
  expect(system.locate({ python: shim }).executable).toBe(executable)
})

test('a program of another name is never run', () => {
  const system = new MadeUpSystem()
  const ask = vi.spyOn(process, 'getBuiltinModule')
  const { code } = system.refusal({ python: write(system.at('bin/reboot'), elfFile(), 0o755) })
  expect(ask).not.toHaveBeenCalled()
  ask.mockRestore()
  expect(code).toBe('PYTHON_INVALID')
})

test.each(['linked', 'beside'] as const)('an ordinary Python is not run (%s)', (library) => {
  const system = new MadeUpSystem()
  const ask = vi.spyOn(process, 'getBuiltinModule')
  system.locate({ python: python(system.at('opt/py'), { library }) })
  expect(ask).not.toHaveBeenCalled()
  ask.mockRestore()
})

describe('PYTHON_INVALID', () => {
  test.each([
    ['fails', ['echo no luck >&2', 'exit 3'], 'failed (exit code 3: no luck)'],
    ['fails in silence', ['exit 1'], 'failed (exit code 1)'],
    ['says nothing', ['true'], 'said ""'],
    ['says nonsense', ['echo nonsense'], 'said "nonsense"'],
    ['names what is not there', ['echo /nonexistent/python3'], 'does not exist'],
    ['names itself', ['echo "$0"'], 'is not an ELF executable'],
  ])('where the script %s', (_, lines, reason) => {
    const system = new MadeUpSystem()
    const { code, message } = system.refusal({ python: script(system.at('python3'), ...lines) })
    expect(code).toBe('PYTHON_INVALID')
    expect(message).toContain(reason)
  })

  test('where its interpreter is gone', () => {
    const system = new MadeUpSystem()
    const wrapper = write(system.at('python3'), '#!/nonexistent/sh\n', 0o755)
    expect(system.refusal({ python: wrapper }).message).toContain('failed (ENOENT)')
  })
})
