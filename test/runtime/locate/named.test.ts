import { chmodSync } from 'node:fs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { elfFile } from '../../fixtures/elf-file.js'
import { MadeUpSystem } from '../../fixtures/made-up-system.js'
import { folder, link, python, venv, write } from '../../fixtures/python-tree.js'

const forms: [string, (system: MadeUpSystem) => string][] = [
  ['an executable', (system) => system.at('work/project/py/bin/python3')],
  ['a relative path', () => './py/bin/python3'],
  ['a command on PATH', () => 'python3'],
  ['a versioned command on PATH', () => 'python3.97'],
  ['a prefix', (system) => system.at('work/project/py')],
  ['a prefix with a slash at its end', (system) => `${system.at('work/project/py')}/`],
  ['a relative prefix', () => 'py'],
]

describe.each(['option', 'PYBRIDGE_PYTHON'])('%s may be', (source) => {
  test.each(forms)('%s', (_, name) => {
    const system = new MadeUpSystem()
    python(system.at('work/project/py'))
    const env = { PATH: system.at('work/project/py/bin') }
    const named = name(system)
    const located = system.locate(
      source === 'option' ? { python: named, env } : { env: { ...env, PYBRIDGE_PYTHON: named } },
    )
    expect(located).toMatchObject({
      executable: expect.stringMatching(/py\/bin\/python3(\.97)?$/),
      library: system.at('work/project/py/lib/libpython3.97.so.1.0'),
      version: '3.97',
      prefix: system.at('work/project/py'),
      venv: null,
    })
    expect(located.steps[0]?.source).toBe('option')
    expect(located.steps.at(-1)).toMatchObject({ source, tried: named, outcome: 'chosen' })
  })

  test.each([
    ['the folder of a virtual environment', 'env', 'env/bin/python'],
    ['the python of one', './env/bin/python', 'env/bin/python'],
    ['its python3', './env/bin/python3', 'env/bin/python3'],
  ])('%s', (_, named, executable) => {
    const system = new MadeUpSystem()
    venv(system.at('work/project/env'), python(system.at('opt/py')))
    const located = system.locate(
      source === 'option' ? { python: named } : { env: { PYBRIDGE_PYTHON: named } },
    )
    expect(located).toMatchObject({
      executable: system.at('work/project', executable),
      library: system.at('opt/py/lib/libpython3.97.so.1.0'),
      prefix: system.at('opt/py'),
      venv: system.at('work/project/env'),
    })
  })
})

test('a command comes before a folder of its name', () => {
  const system = new MadeUpSystem()
  python(system.at('work/project/python3'))
  const executable = python(system.at('usr'))
  const located = system.locate({ python: 'python3', env: { PATH: system.at('usr/bin') } })
  expect(located.executable).toBe(executable)
})

test('a link to an executable stays as it was named', () => {
  const system = new MadeUpSystem()
  const alias = link(system.at('home/my-python'), python(system.at('opt/py')))
  expect(system.locate({ python: alias })).toMatchObject({
    executable: alias,
    prefix: system.at('opt/py'),
  })
})

describe('a prefix that holds only versioned names', () => {
  test('gives its Python', () => {
    const system = new MadeUpSystem()
    python(system.at('opt/py'), { links: [] })
    expect(system.locate({ python: system.at('opt/py') }).executable).toBe(
      system.at('opt/py/bin/python3.97'),
    )
  })

  test('gives the newest of several', () => {
    const system = new MadeUpSystem()
    for (const version of ['3.9', '3.96', '3.10']) python(system.at('opt'), { version, links: [] })
    expect(system.locate({ python: system.at('opt') }).version).toBe('3.96')
  })
})

describe('PYTHON_INVALID', () => {
  test.each<[string, (system: MadeUpSystem) => string, string]>([
    ['does not exist', (system) => system.at('gone/python3'), 'does not exist'],
    ['is an unknown command', () => 'python3.97', 'neither a command on PATH nor a file or folder'],
    ['is a folder without Python', (system) => folder(system.at('empty')), 'without bin/python3'],
    ['is a dangling link', (system) => link(system.at('python3'), 'gone'), 'is a link to'],
    ['is a loop of links', (system) => link(system.at('python3'), 'python3'), 'ELOOP'],
    [
      'has no permission',
      (system) => write(system.at('python3'), elfFile()),
      'may not be executed',
    ],
    ['has no content', (system) => write(system.at('python3'), '', 0o755), 'not an ELF executable'],
    ['is text', (system) => write(system.at('python3'), 'hello', 0o755), 'not an ELF executable'],
    [
      'is damaged',
      (system) => write(system.at('python3'), elfFile().subarray(0, 80), 0o755),
      'cannot be read',
    ],
    ['is another program', (system) => write(system.at('ls'), elfFile(), 0o755), 'is not CPython'],
    [
      'is PyPy',
      (system) => write(system.at('pypy3.10'), elfFile({ needed: ['libpypy3.10-c.so'] }), 0o755),
      'is not CPython',
    ],
    ['is a device', () => '/dev/null', 'is neither a file nor a folder'],
    ['holds a NUL', () => './python\0', 'cannot be read'],
    ['is too long', () => `./${'x'.repeat(5000)}`, 'ENAMETOOLONG'],
  ])('where the name %s', (_, name, reason) => {
    const system = new MadeUpSystem()
    const { code, message } = system.refusal({ python: name(system) })
    expect(code).toBe('PYTHON_INVALID')
    expect(message).toContain(reason)
    expect(message).toContain('name the python3 executable, or the folder of a virtual environment')
  })
})

describe.skipIf(process.getuid?.() === 0)(
  'without the permission to read (root has it always)',
  () => {
    test.each<[string, (system: MadeUpSystem) => string]>([
      ['an executable', (system) => write(system.at('python3'), elfFile(), 0o111)],
      [
        'a folder above it',
        (system) => {
          const executable = python(system.at('opt/py'))
          chmodSync(system.at('opt'), 0)
          onTestFinished(() => chmodSync(system.at('opt'), 0o755))
          return executable
        },
      ],
    ])('%s', (_, name) => {
      const system = new MadeUpSystem()
      const { code, message } = system.refusal({ python: name(system) })
      expect(code).toBe('NO_PERMISSION')
      expect(message).toContain('may not be read')
      expect(message).toMatch(/`chmod a\+[rx] /)
    })
  },
)

describe('the option venv', () => {
  test('takes the folder of a virtual environment', () => {
    const system = new MadeUpSystem()
    const executable = venv(system.at('work/project/env'), python(system.at('opt/py')))
    expect(system.locate({ venv: 'env' })).toMatchObject({ executable, version: '3.97' })
  })

  test('refuses a prefix, and says where it belongs', () => {
    const system = new MadeUpSystem()
    python(system.at('opt/py'))
    const { code, message } = system.refusal({ venv: system.at('opt/py') })
    expect(code).toBe('PYTHON_INVALID')
    expect(message).toContain('is not a virtual environment: it has no pyvenv.cfg')
    expect(message).toContain('name it with the option python instead')
  })

  test('refuses a file', () => {
    const system = new MadeUpSystem()
    const executable = python(system.at('opt/py'))
    expect(system.refusal({ venv: executable }).message).toContain('is a file')
  })
})

test.each([
  ['both options', { python: 'python3', venv: 'env' }, 'a virtual environment knows its Python'],
  ['an empty python', { python: '' }, 'the name is empty'],
  ['an empty venv', { venv: '' }, 'the folder is empty'],
])('%s: INVALID_ARGUMENT', (_, options, reason) => {
  const { code, message } = new MadeUpSystem().refusal(options)
  expect(code).toBe('INVALID_ARGUMENT')
  expect(message).toContain(reason)
})
