import { rmSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { elfFile } from '../../fixtures/elf-file.js'
import { MadeUpSystem } from '../../fixtures/made-up-system.js'
import { folder, python, write } from '../../fixtures/python-tree.js'

describe('LIBRARY_STATIC', () => {
  test.each([
    ['lib', 'archive', 'lib/libpython3.97.a'],
    [
      'config of the standard library',
      'config archive',
      'lib/python3.97/config-3.97-x86_64-linux-gnu/libpython3.97.a',
    ],
  ] as const)('an archive in %s, and nothing to load', (_, library, archive) => {
    const system = new MadeUpSystem()
    const executable = python(system.at('opt/py'), { library })
    const { code, message } = system.refusal({ python: executable })
    expect(code).toBe('LIBRARY_STATIC')
    expect(message).toContain(`there is only ${system.at('opt/py', archive)}`)
    expect(message).toContain('--enable-shared')
  })
})

test('Debian: python3.11-minimal alone lacks the library, whose package brings all the rest', () => {
  const system = new MadeUpSystem()
  write(system.at('etc/os-release'), 'ID=debian\n')
  python(system.at('usr'), { library: 'none', links: [] })
  const env = { PATH: system.at('usr/bin') }
  const { code, message } = system.refusal({ env })
  expect(code).toBe('LIBRARY_NOT_FOUND')
  expect(message).toContain('What to do: install it: `apt install libpython3.97`')
  write(system.at('usr/lib/x86_64-linux-gnu/libpython3.97.so.1.0'), elfFile())
  expect(system.locate({ env }).executable).toBe(system.at('usr/bin/python3.97'))
})

describe('LIBRARY_NOT_FOUND', () => {
  test('names what is missing, and where it was looked for', () => {
    const system = new MadeUpSystem()
    const executable = python(system.at('usr'))
    rmSync(system.at('usr/lib/libpython3.97.so.1.0'))
    const { code, message } = system.refusal({ python: executable })
    expect(code).toBe('LIBRARY_NOT_FOUND')
    expect(message).toContain(`${executable}.97 needs libpython3.97.so.1.0`)
    expect(message).toContain(system.at('usr/lib/x86_64-linux-gnu'))
  })

  test.each([
    ['Debian', 'ID=debian\n', 'apt install libpython3.97'],
    ['Ubuntu', 'NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n', 'apt install libpython3.97'],
    ['Mint, like Ubuntu', 'ID=linuxmint\nID_LIKE="ubuntu debian"\n', 'apt install libpython3.97'],
    ['Fedora', 'ID=fedora\n', 'dnf install python3-libs'],
    [
      'Rocky, like Fedora',
      'ID="rocky"\nID_LIKE="rhel centos fedora"\n',
      'dnf install python3-libs',
    ],
    ['openSUSE', 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', 'libpython3_97-1_0'],
    ['Alpine', 'ID=alpine\n', 'apk add python3'],
    ['an unknown one', 'ID=mine\n', 'Debian, Ubuntu: apt install libpython3.X'],
    ['no os-release', null, 'Debian, Ubuntu: apt install libpython3.X'],
  ])('advises what fits %s', (_, release, advice) => {
    const system = new MadeUpSystem()
    if (release !== null) write(system.at('etc/os-release'), release)
    const { code, message } = system.refusal({
      python: python(system.at('usr'), { library: 'none' }),
    })
    expect(code).toBe('LIBRARY_NOT_FOUND')
    expect(message).toContain(`What to do: `)
    expect(message.split('What to do: ')[1]).toContain(advice)
  })

  test('advises a new build of a version of pyenv', () => {
    const system = new MadeUpSystem()
    folder(system.at('pyenv/shims'))
    write(system.at('etc/os-release'), 'ID=debian\n')
    const executable = python(system.at('pyenv/versions/3.97.4'), { library: 'none' })
    const { code, message } = system.refusal({ python: executable })
    expect(code).toBe('LIBRARY_NOT_FOUND')
    expect(message).toContain('PYTHON_CONFIGURE_OPTS=--enable-shared pyenv install --force 3.97.4')
  })

  test('never advises the library of the system to a static build from elsewhere', () => {
    const system = new MadeUpSystem()
    write(system.at('etc/os-release'), 'ID=debian\n')
    const executable = python(system.at('opt/py'), { library: 'none' })
    const { code, message } = system.refusal({ python: executable })
    expect(code).toBe('LIBRARY_NOT_FOUND')
    expect(message).toContain('use another Python, or build this one with --enable-shared')
  })

  test('a library that is not one is not taken', () => {
    const system = new MadeUpSystem()
    const executable = python(system.at('opt/py'))
    write(system.at('opt/py/lib/libpython3.97.so.1.0'), 'INPUT(libpython3.97.so)')
    expect(system.refusal({ python: executable }).code).toBe('LIBRARY_NOT_FOUND')
  })
})
