import { rmSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { elfFile } from '../../fixtures/elf-file.js'
import { MadeUpSystem } from '../../fixtures/made-up-system.js'
import { link, python, venv, write } from '../../fixtures/python-tree.js'

test('the executable is the one of the environment, the rest is that of its base', () => {
  const system = new MadeUpSystem()
  const executable = venv(system.at('env'), python(system.at('opt/py')))
  expect(system.locate({ env: { VIRTUAL_ENV: system.at('env') } })).toMatchObject({
    executable,
    library: system.at('opt/py/lib/libpython3.97.so.1.0'),
    version: '3.97',
    prefix: system.at('opt/py'),
    venv: system.at('env'),
  })
})

test('an executable on PATH that lies in an environment brings the environment with it', () => {
  const system = new MadeUpSystem()
  venv(system.at('env'), python(system.at('opt/py')))
  const located = system.locate({ env: { PATH: system.at('env/bin') } })
  expect(located).toMatchObject({
    executable: system.at('env/bin/python3'),
    venv: system.at('env'),
  })
})

test('a link from outside into an environment does not, as in CPython', () => {
  const system = new MadeUpSystem()
  const alias = link(system.at('bin/python3'), venv(system.at('env'), python(system.at('opt/py'))))
  expect(system.locate({ python: alias })).toMatchObject({ executable: alias, venv: null })
})

test('an environment that was made in another one has its base', () => {
  const system = new MadeUpSystem()
  const inner = venv(system.at('first'), python(system.at('opt/py')))
  venv(system.at('second'), inner, { home: system.at('opt/py/bin') })
  expect(system.locate({ venv: system.at('second') })).toMatchObject({
    prefix: system.at('opt/py'),
    venv: system.at('second'),
  })
})

describe('a copy of the base, which finds no library beside it', () => {
  const copy = (system: MadeUpSystem, settings: string[]) => {
    const content = elfFile({ needed: ['libpython3.97.so.1.0'], runpath: '$ORIGIN/../lib' })
    write(system.at('env/pyvenv.cfg'), settings.join('\n'))
    return write(system.at('env/bin/python'), content, 0o755)
  }

  test.each([
    ['home', (system: MadeUpSystem) => [`home = ${system.at('opt/py/bin')}`]],
    [
      'executable',
      (system: MadeUpSystem) => [
        `home = ${system.at('opt')}`,
        `executable = ${system.at('opt/py/bin/python3.97')}`,
      ],
    ],
    [
      'base-executable, as virtualenv writes it',
      (system: MadeUpSystem) => [
        `home = ${system.at('opt')}`,
        `base-executable = ${system.at('opt/py/bin/python3.97')}`,
      ],
    ],
    [
      'home, where only the versioned name is there',
      (system: MadeUpSystem) => {
        rmSync(system.at('opt/py/bin/python'))
        rmSync(system.at('opt/py/bin/python3'))
        return [`HOME=${system.at('opt/py/bin')}`, 'version_info = 3.97.0']
      },
    ],
  ])('is traced by %s', (_, settings) => {
    const system = new MadeUpSystem()
    python(system.at('opt/py'))
    const executable = copy(system, settings(system))
    expect(system.locate({ python: system.at('env') })).toMatchObject({
      executable,
      library: system.at('opt/py/lib/libpython3.97.so.1.0'),
      prefix: system.at('opt/py'),
      venv: system.at('env'),
    })
  })
})

test('pyvenv.cfg tells the version where several standard libraries lie beside the base', () => {
  const system = new MadeUpSystem()
  const base = python(system.at('opt/py'), {
    version: '3.95',
    library: 'beside',
    name: 'python3',
    links: ['python'],
  })
  write(system.at('opt/py/lib/python3.96/os.py'))
  venv(system.at('env'), base, { version: '3.95.2' })
  expect(system.locate({ venv: system.at('env') }).version).toBe('3.95')
})

describe('a broken environment is told as one, with how to mend it', () => {
  const broken: [string, (system: MadeUpSystem) => void, string][] = [
    [
      'the base was removed',
      (system) => rmSync(system.at('opt'), { recursive: true }),
      'opt/py/bin, does not exist',
    ],
    [
      'the base was upgraded to another name',
      (system) => rmSync(system.at('opt/py/bin/python3.97')),
      'opt/py/bin/python3.97, which does not exist',
    ],
    [
      'pyvenv.cfg names no home',
      (system) => write(system.at('env/pyvenv.cfg'), 'version = 3.97\n'),
      'its pyvenv.cfg names no home',
    ],
    [
      'there is no bin/python',
      (system) => rmSync(system.at('env/bin'), { recursive: true }),
      'it has no bin/python',
    ],
    [
      'the base holds no Python for its copy',
      (system) => {
        for (const name of ['python', 'python3', 'python3.97'])
          rmSync(system.at('opt/py/bin', name))
        rmSync(system.at('env/bin/python'))
        write(system.at('env/bin/python'), elfFile(), 0o755)
      },
      'opt/py/bin, holds no Python',
    ],
  ]

  describe.each<[string, (system: MadeUpSystem) => object]>([
    ['venv', (system) => ({ venv: system.at('env') })],
    ['VIRTUAL_ENV', (system) => ({ env: { VIRTUAL_ENV: system.at('env') } })],
  ])('from %s', (_, options) => {
    test.each(broken)('%s', (_, damage, reason) => {
      const system = new MadeUpSystem()
      venv(system.at('env'), python(system.at('opt/py')))
      damage(system)
      const { code, message } = system.refusal(options(system))
      expect(code).toBe('PYTHON_INVALID')
      expect(message).toContain(reason)
      expect(message).toContain(`python3 -m venv --clear ${system.at('env')}`)
    })
  })
})

test('a VIRTUAL_ENV whose folder is gone is an error, with how to leave it', () => {
  const system = new MadeUpSystem()
  python(system.at('usr'))
  const env = { VIRTUAL_ENV: system.at('gone'), PATH: system.at('usr/bin') }
  const { code, message } = system.refusal({ env })
  expect(code).toBe('PYTHON_INVALID')
  expect(message).toContain('run `deactivate`')
})

test('the command that makes an environment again can be copied, whatever the folder is called', () => {
  const system = new MadeUpSystem()
  const folder = system.at("work/my env's")
  venv(folder, system.at('gone/bin/python3'))
  const { message } = system.refusal({ python: folder })
  const word = `'${folder.replace("'", "'\\''")}'`
  expect(message).toContain(`\`python3 -m venv --clear ${word}\``)
})
