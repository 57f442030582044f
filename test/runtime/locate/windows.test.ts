// What is found on Windows, from answers as its `reg query` gives them.
import { describe, expect, test } from 'vitest'
import { MadeUpSystem } from '../../fixtures/made-up-system.js'
import { write } from '../../fixtures/python-tree.js'

function windowsPython(system: MadeUpSystem, path: string, version = '3.97'): string {
  write(system.at(path, 'Lib/os.py'))
  write(system.at(path, `python${version.replace('.', '')}.dll`))
  return write(system.at(path, 'python.exe'), 'MZ', 0o755)
}

/** A system of which the registry holds these values, by key. */
function windows(system: MadeUpSystem, values: Record<string, Record<string, string>>) {
  const answer = (hive: string) =>
    Object.entries(values)
      .filter(([key]) => key.startsWith(hive))
      .map(([key, named]) => {
        const lines = Object.entries(named).map(
          ([name, value]) => `    ${name}    REG_SZ    ${value}`,
        )
        return ['', key, ...lines, ''].join('\r\n')
      })
      .join('')
  return {
    platform: 'win32',
    registry: (key: string) => {
      const hive = key.startsWith('HKCU') ? 'HKEY_CURRENT_USER' : 'HKEY_LOCAL_MACHINE'
      return answer(hive)
    },
    home: () => system.at('Users/me'),
  } as const
}

const user = 'HKEY_CURRENT_USER\\Software\\Python'
const machine = 'HKEY_LOCAL_MACHINE\\Software\\Python'

describe('the registry', () => {
  test('tells where Python is, when nothing else does', () => {
    const system = new MadeUpSystem()
    const executable = windowsPython(system, 'py')
    const host = windows(system, {
      [`${user}\\PythonCore`]: { DisplayName: 'Python Software Foundation' },
      [`${user}\\PythonCore\\3.97`]: { SysVersion: '3.97', SysArchitecture: '64bit' },
      [`${user}\\PythonCore\\3.97\\InstallPath`]: {
        '(Default)': system.at('py'),
        ExecutablePath: executable,
        WindowedExecutablePath: system.at('py/pythonw.exe'),
      },
    })
    expect(system.locate({}, host)).toMatchObject({
      executable,
      library: system.at('py/python397.dll'),
      version: '3.97',
    })
    expect(system.steps.at(-1)).toMatchObject({ source: 'registry', outcome: 'chosen' })
  })

  test('an old entry names the folder alone, under a name that is translated', () => {
    const system = new MadeUpSystem()
    const executable = windowsPython(system, 'py')
    const host = windows(system, {
      [`${machine}\\PythonCore\\3.97\\InstallPath`]: { '(Standard)': `${system.at('py')}/` },
    })
    expect(system.locate({}, host).executable).toBe(executable)
  })

  test.each([
    ["the user's before the machine's", {}, 'user-3.95'],
    ['the one that py prefers, by PY_PYTHON', { PY_PYTHON: '3.94' }, 'user-3.94'],
    ['what cannot be embedded is passed over', { PY_PYTHON: '3.7' }, 'user-3.95'],
  ])('%s', (_, env, expected) => {
    const system = new MadeUpSystem()
    const values: Record<string, Record<string, string>> = {}
    const add = (hive: string, company: string, name: string) => {
      const version = name.split('-')[1] ?? ''
      const ExecutablePath = windowsPython(system, name, version)
      values[`${hive}\\${company}\\${version}\\InstallPath`] = { ExecutablePath }
    }
    add(machine, 'PythonCore', 'machine-3.97')
    add(user, 'ContinuumAnalytics', 'conda-3.96')
    add(user, 'PythonCore', 'user-3.94')
    add(user, 'PythonCore', 'user-3.7')
    add(user, 'PythonCore', 'user-3.95')
    expect(system.locate({ env }, windows(system, values)).prefix).toBe(system.at(expected))
  })

  test('py.ini may tell what py prefers', () => {
    const system = new MadeUpSystem()
    write(system.at('Users/me/AppData/Local/py.ini'), '[defaults]\r\npython=3.96\r\n')
    const host = windows(system, {
      [`${user}\\PythonCore\\3.96\\InstallPath`]: {
        ExecutablePath: windowsPython(system, 'old', '3.96'),
      },
      [`${user}\\PythonCore\\3.97\\InstallPath`]: { ExecutablePath: windowsPython(system, 'new') },
    })
    expect(system.locate({}, host).version).toBe('3.96')
  })

  test('the launcher itself, and what is damaged, are no Pythons', () => {
    const system = new MadeUpSystem()
    const host = windows(system, {
      [`${user}\\PyLauncher\\3.97\\InstallPath`]: { ExecutablePath: windowsPython(system, 'py') },
      [`${user}\\PythonCore\\nonsense\\InstallPath`]: {
        ExecutablePath: windowsPython(system, 'py'),
      },
      [`${user}\\PythonCore\\3.96\\InstallPath`]: {},
    })
    expect(system.refusal({}, host).code).toBe('PYTHON_NOT_FOUND')
    expect(system.steps.at(-1)).toMatchObject({ source: 'registry', outcome: 'absent' })
  })

  test('is asked for a version too', () => {
    const system = new MadeUpSystem()
    const host = windows(system, {
      [`${user}\\PythonCore\\3.96\\InstallPath`]: {
        ExecutablePath: windowsPython(system, 'old', '3.96'),
      },
      [`${user}\\PythonCore\\3.97\\InstallPath`]: { ExecutablePath: windowsPython(system, 'new') },
    })
    expect(system.locate({ version: '<3.97' }, host).version).toBe('3.96')
  })
})

test('it is asked only on Windows', () => {
  const system = new MadeUpSystem()
  let asked = 0
  const registry = () => {
    asked += 1
    return ''
  }
  system.refusal({}, { registry })
  expect(asked).toBe(0)
  system.refusal({}, { registry, platform: 'win32' })
  expect(asked).toBe(2)
})

test.each([
  ['an installer for this user', 'Users/me/AppData/Local/Programs/Python/Python397'],
  ['an installer for all', 'Program Files/Python397'],
  ['uv', 'Users/me/AppData/Roaming/uv/python/cpython-3.97.1-windows-x86_64-none'],
  ['pyenv-win', 'Users/me/.pyenv/pyenv-win/versions/3.97.1'],
  ['Miniconda', 'Users/me/miniconda3'],
])('the usual place of %s', (_, path) => {
  const system = new MadeUpSystem()
  const executable = windowsPython(system, path)
  expect(system.locate({}, windows(system, {})).executable).toBe(executable)
  expect(system.steps.at(-1)?.source).toBe('well-known')
})

test('a Conda environment keeps python.exe in its folder', () => {
  const system = new MadeUpSystem()
  const executable = windowsPython(system, 'conda/envs/mine')
  const env = { CONDA_PREFIX: system.at('conda/envs/mine'), CONDA_DEFAULT_ENV: 'mine' }
  expect(system.locate({ env }, windows(system, {})).executable).toBe(executable)
})
