import { describe, expect, test } from 'vitest'
import { MadeUpSystem } from '../../fixtures/made-up-system.js'
import { link, write } from '../../fixtures/python-tree.js'

describe('macOS', () => {
  test.each([
    ['lib of the prefix', 'lib/libpython3.97.dylib'],
    ['a framework', 'Python'],
  ])('the library is found in %s', (_, library) => {
    const system = new MadeUpSystem()
    const executable = write(system.at('py/bin/python3.97'), 'Mach-O', 0o755)
    write(system.at('py/lib/python3.97/os.py'))
    write(system.at('py', library))
    link(system.at('bin/python3'), executable)
    const env = { PATH: system.at('bin') }
    expect(system.locate({ env }, { platform: 'darwin', arch: 'arm64' })).toMatchObject({
      executable: system.at('bin/python3'),
      library: system.at('py', library),
      version: '3.97',
      prefix: system.at('py'),
    })
  })
})

describe('Windows', () => {
  const windows = { platform: 'win32' } as const

  test('the DLL lies beside the executable', () => {
    const system = new MadeUpSystem()
    const executable = write(system.at('py/python.exe'), 'MZ', 0o755)
    write(system.at('py/Lib/os.py'))
    write(system.at('py/python397.dll'))
    expect(system.locate({ env: { PATH: system.at('py') } }, windows)).toMatchObject({
      executable,
      library: system.at('py/python397.dll'),
      version: '3.97',
      prefix: system.at('py'),
    })
  })

  test('an environment keeps a launcher in Scripts', () => {
    const system = new MadeUpSystem()
    write(system.at('py/python.exe'), 'MZ', 0o755)
    write(system.at('py/Lib/os.py'))
    write(system.at('py/python397.dll'))
    const executable = write(system.at('env/Scripts/python.exe'), 'MZ', 0o755)
    write(system.at('env/pyvenv.cfg'), `home = ${system.at('py')}\r\nversion = 3.97.0\r\n`)
    expect(system.locate({ python: system.at('env') }, windows)).toMatchObject({
      executable,
      library: system.at('py/python397.dll'),
      venv: system.at('env'),
    })
  })
})
