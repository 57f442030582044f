import { describe, expect, test } from 'vitest'
import { MadeUpSystem } from '../../fixtures/made-up-system.js'
import { python, uvPython, write } from '../../fixtures/python-tree.js'

describe('without PATH', () => {
  test.each([
    'usr',
    'usr/local',
    'home/me/.local',
    'opt/python/3.97.1',
    'opt/python3.97',
    'home/linuxbrew/.linuxbrew',
    'home/me/miniforge3',
    'home/me/miniconda3',
    'opt/conda',
    'home/me/.pyenv/versions/3.97.0',
    'home/me/.asdf/installs/python/3.97.0',
    'home/me/.local/share/uv/python/cpython-3.97.0-linux-x86_64-gnu',
  ])('%s is a usual place', (prefix) => {
    const system = new MadeUpSystem()
    python(system.at(prefix))
    const located = system.locate()
    expect(located).toMatchObject({ version: '3.97', prefix: system.at(prefix) })
    expect(located.steps.at(-1)).toMatchObject({ source: 'well-known', outcome: 'chosen' })
  })

  test('a prefix that holds only versioned names counts', () => {
    const system = new MadeUpSystem()
    python(system.at('usr/local'), { links: [] })
    expect(system.locate().executable).toBe(system.at('usr/local/bin/python3.97'))
  })

  test('the newest of a manager is taken', () => {
    const system = new MadeUpSystem()
    const root = system.at('home/me/.local/share/uv/python')
    for (const version of ['3.9.20', '3.96.1', '3.95.4']) uvPython(root, version)
    expect(system.locate().version).toBe('3.96')
  })

  test('what cannot be embedded is passed over', () => {
    const system = new MadeUpSystem()
    python(system.at('usr'), { library: 'archive' })
    python(system.at('opt/conda'))
    expect(system.locate().prefix).toBe(system.at('opt/conda'))
    expect(system.steps.find(({ outcome }) => outcome === 'rejected')).toMatchObject({
      source: 'well-known',
      tried: system.at('usr'),
    })
  })
})

describe('a folder of PATH', () => {
  test('is not looked at twice', () => {
    const system = new MadeUpSystem()
    python(system.at('usr'), { version: '3.7' })
    system.refusal({ env: { PATH: system.at('usr/bin') } })
    expect(system.steps.at(-1)).toMatchObject({ source: 'well-known', outcome: 'absent' })
  })

  test('is, where it has only versioned names, as with python3.11-minimal', () => {
    const system = new MadeUpSystem()
    python(system.at('usr'), { links: [] })
    const located = system.locate({ env: { PATH: system.at('usr/bin') } })
    expect(located.executable).toBe(system.at('usr/bin/python3.97'))
    expect(located.steps.at(-1)?.source).toBe('well-known')
  })
})

describe('macOS', () => {
  test.each([
    ['Homebrew', 'opt/homebrew', 'lib/libpython3.97.dylib'],
    ["a formula of Homebrew's", 'opt/homebrew/opt/python@3.97', 'lib/libpython3.97.dylib'],
    ['python.org', 'Library/Frameworks/Python.framework/Versions/3.97', 'Python'],
    [
      "Apple's developer tools",
      'Library/Developer/CommandLineTools/Library/Frameworks/Python3.framework/Versions/3.97',
      'Python3',
    ],
    ['MacPorts', 'opt/local', 'lib/libpython3.97.dylib'],
  ])('%s', (_, prefix, library) => {
    const system = new MadeUpSystem()
    write(system.at(prefix, 'bin/python3.97'), 'Mach-O', 0o755)
    write(system.at(prefix, 'lib/python3.97/os.py'))
    write(system.at(prefix, library))
    expect(system.locate({}, { platform: 'darwin', arch: 'arm64' })).toMatchObject({
      executable: system.at(prefix, 'bin/python3.97'),
      library: system.at(prefix, library),
    })
  })
})

describe('where nothing is found, the error says how this system installs Python', () => {
  test.each([
    ['Debian', 'ID=debian\n', 'apt install python3 libpython3-dev'],
    ['Fedora', 'ID=fedora\n', 'dnf install python3'],
    ['Alpine', 'ID=alpine\n', 'apk add python3'],
    ['openSUSE', 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', 'zypper install python3'],
    ['another', 'ID=unheard-of\n', 'install Python 3.8 or later'],
  ])('%s', (_, release, advice) => {
    const system = new MadeUpSystem()
    write(system.at('etc/os-release'), release)
    const { code, message } = system.refusal()
    expect(code).toBe('PYTHON_NOT_FOUND')
    expect(message).toContain(advice)
    expect(message).toContain("python.start({ python: '/path/to/python3' })")
  })
})
