import { rmSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { elfFile } from '../../fixtures/elf-file.js'
import { MadeUpSystem } from '../../fixtures/made-up-system.js'
import { link, type MadeUpPython, python, write } from '../../fixtures/python-tree.js'

const ARM64 = { machine: 183 }
const X86_32 = { machine: 3, bits: 32 } as const

describe('a linked Python has the library that it names', () => {
  test.each<[string, MadeUpPython, string]>([
    ['an ordinary build', {}, 'libpython3.97.so.1.0'],
    ['a free-threaded build', { flags: 't' }, 'libpython3.97t.so.1.0'],
    [
      'a free-threaded build as python3.97',
      { flags: 't', name: 'python3.97' },
      'libpython3.97t.so.1.0',
    ],
    ['a debug build', { flags: 'd' }, 'libpython3.97d.so.1.0'],
    ['a debug build as python3.97', { flags: 'd', name: 'python3.97' }, 'libpython3.97d.so.1.0'],
    ['a free-threaded debug build', { flags: 'td' }, 'libpython3.97td.so.1.0'],
    ['one whose name tells nothing', { name: 'python' }, 'libpython3.97.so.1.0'],
    ['one with lib64', { standardLibrary: 'lib64' }, 'libpython3.97.so.1.0'],
  ])('%s', (_, made, library) => {
    const system = new MadeUpSystem()
    python(system.at('opt/py'), made)
    expect(system.locate({ python: system.at('opt/py') })).toMatchObject({
      library: system.at('opt/py/lib', library),
      version: '3.97',
      prefix: system.at('opt/py'),
    })
  })

  test.each<[string, string, NodeJS.ProcessEnv]>([
    ['the run path', 'run', {}],
    ['lib of the prefix', 'opt/py/lib', {}],
    ['lib64 of the prefix', 'opt/py/lib64', {}],
    ['the multiarch folder of the prefix', 'opt/py/lib/x86_64-linux-gnu', {}],
    ['LD_LIBRARY_PATH', 'asked', { LD_LIBRARY_PATH: 'SYSTEM/none:SYSTEM/asked' }],
    ['the multiarch folder of the system', 'usr/lib/x86_64-linux-gnu', {}],
    ['/lib and its multiarch folder', 'lib/x86_64-linux-gnu', {}],
    ['/usr/lib64', 'usr/lib64', {}],
    ['/lib64', 'lib64', {}],
    ['/usr/lib', 'usr/lib', {}],
    ['/usr/local/lib', 'usr/local/lib', {}],
  ])('in %s', (_, folder, variables) => {
    const system = new MadeUpSystem()
    const executable = python(system.at('opt/py'), {
      executableFile: { runpath: system.at('run') },
    })
    rmSync(system.at('opt/py/lib/libpython3.97.so.1.0'))
    const library = write(system.at(folder, 'libpython3.97.so.1.0'), elfFile())
    const env = { ...variables }
    if (env.LD_LIBRARY_PATH) {
      env.LD_LIBRARY_PATH = env.LD_LIBRARY_PATH.replaceAll('SYSTEM', system.root)
    }
    expect(system.locate({ python: executable, env }).library).toBe(library)
  })

  test('its own comes before that of the system', () => {
    const system = new MadeUpSystem()
    const executable = python(system.at('opt/py'))
    write(system.at('usr/lib64/libpython3.97.so.1.0'), elfFile())
    expect(system.locate({ python: executable }).library).toContain('opt/py')
  })

  test.each(['$ORIGIN/../lib', `$\{ORIGIN}/../lib`])('%s starts at the real file', (runpath) => {
    const system = new MadeUpSystem()
    const executable = python(system.at('opt/py'), { executableFile: { runpath } })
    const alias = link(system.at('far/away/python3'), executable)
    expect(system.locate({ python: alias }).library).toBe(
      system.at('opt/py/lib/libpython3.97.so.1.0'),
    )
  })
})

describe('a static Python has the library of its version', () => {
  test.each(['libpython3.97.so.1.0', 'libpython3.97.so.1', 'libpython3.97.so'])('%s', (name) => {
    const system = new MadeUpSystem()
    const executable = python(system.at('opt/py'), { library: 'none' })
    const library = write(system.at('opt/py/lib', name), elfFile())
    expect(system.locate({ python: executable })).toMatchObject({ library, version: '3.97' })
  })

  test.each<[string, MadeUpPython]>([
    ['by its name', { name: 'python3.97', standardLibrary: 'none' }],
    ['by its name, with flags', { flags: 't' }],
    ['by its name, for a debug build', { flags: 'd' }],
    ['by the standard library beside it', { name: 'python3' }],
    ['by the standard library beside it, free-threaded', { name: 'python3', flags: 't' }],
    ['by both, free-threaded', { name: 'python3.97', flags: 't' }],
  ])('whose version is known %s', (_, made) => {
    const system = new MadeUpSystem()
    python(system.at('opt/py'), { library: 'beside', ...made })
    expect(system.locate({ python: system.at('opt/py') })).toMatchObject({
      version: '3.97',
      library: system.at(`opt/py/lib/libpython3.97${made.flags ?? ''}.so.1.0`),
    })
  })

  test('of the system, in the folders of the system', () => {
    const system = new MadeUpSystem()
    const executable = python(system.at('usr'), { library: 'none' })
    const library = write(system.at('usr/lib/x86_64-linux-gnu/libpython3.97.so.1.0'), elfFile())
    expect(system.locate({ python: executable }).library).toBe(library)
  })

  test('from elsewhere never takes the library of the system, which is of another build', () => {
    const system = new MadeUpSystem()
    const executable = python(system.at('opt/py'), { library: 'archive' })
    write(system.at('usr/lib/x86_64-linux-gnu/libpython3.97.so.1.0'), elfFile())
    expect(system.refusal({ python: executable }).code).toBe('LIBRARY_STATIC')
  })
})

describe('WRONG_ARCHITECTURE', () => {
  test.each<[string, MadeUpPython, string]>([
    ['an executable for arm64', { executableFile: ARM64 }, 'python3.97 is for arm64'],
    ['an executable of 32 bits', { executableFile: X86_32 }, 'python3.97 is for ia32'],
    ['a library for arm64', { libraryFile: ARM64 }, 'libpython3.97.so.1.0 is for arm64'],
    ['an unknown machine', { executableFile: { machine: 999 } }, 'is for machine 999 (64 bits)'],
  ])('%s', (_, made, reason) => {
    const system = new MadeUpSystem()
    const { code, message } = system.refusal({ python: python(system.at('opt/py'), made) })
    expect(code).toBe('WRONG_ARCHITECTURE')
    expect(message).toContain(`${reason}, and this Node is x64`)
    expect(message).toContain('node -p process.arch')
  })

  test.each([
    ['arm64', ARM64],
    ['ia32', X86_32],
  ] as const)('but not where Node is %s itself', (arch, file) => {
    const system = new MadeUpSystem()
    const executable = python(system.at('opt/py'), { executableFile: file, libraryFile: file })
    expect(system.locate({ python: executable }, { arch }).version).toBe('3.97')
  })

  test('a library that does not fit is passed over while others may', () => {
    const system = new MadeUpSystem()
    const executable = python(system.at('opt/py'), { libraryFile: ARM64 })
    const library = write(system.at('usr/lib64/libpython3.97.so.1.0'), elfFile())
    expect(system.locate({ python: executable }).library).toBe(library)
  })
})

describe('too old', () => {
  test.each<[string, MadeUpPython, string]>([
    ['2.7, linked', { version: '2.7' }, 'PYTHON_2'],
    ['2.7, static', { version: '2.7', library: 'none' }, 'PYTHON_2'],
    ['3.6, linked', { version: '3.6', flags: 'm' }, 'PYTHON_TOO_OLD'],
    ['3.7, static', { version: '3.7', library: 'none' }, 'PYTHON_TOO_OLD'],
    ['3.7, known by its folder', { version: '3.7', name: 'python3' }, 'PYTHON_TOO_OLD'],
  ])('%s', (_, made, code) => {
    const system = new MadeUpSystem()
    python(system.at('opt/py'), made)
    const error = system.refusal({ python: system.at('opt/py') })
    expect(error.code).toBe(code)
    expect(error.message).toContain(`is Python ${made.version}`)
    expect(error.message).toContain('Python 3.8 or later')
  })

  test('3.8 is not', () => {
    const system = new MadeUpSystem()
    const executable = python(system.at('opt/py'), { version: '3.8' })
    expect(system.locate({ python: executable }).version).toBe('3.8')
  })
})
