import { chmodSync } from 'node:fs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { MadeUpSystem } from '../../fixtures/made-up-system.js'
import { folder, link, python, write } from '../../fixtures/python-tree.js'

function onPath(system: MadeUpSystem, ...folders: string[]) {
  return { env: { PATH: folders.map((each) => system.at(each)).join(':') } }
}

test('python3 anywhere on PATH comes before python', () => {
  const system = new MadeUpSystem()
  python(system.at('a'), { links: ['python'] })
  const executable = python(system.at('b'))
  expect(system.locate(onPath(system, 'a/bin', 'b/bin')).executable).toBe(executable)
})

test('python is taken where there is no python3', () => {
  const system = new MadeUpSystem()
  python(system.at('a'), { links: ['python'] })
  expect(system.locate(onPath(system, 'a/bin')).executable).toBe(system.at('a/bin/python'))
})

describe('an entry that cannot be used is rejected with its reason, and the next is tried', () => {
  test.each<[string, (system: MadeUpSystem) => unknown, string]>([
    ['a folder', (system) => folder(system.at('bad/bin/python3')), 'is a folder'],
    ['a dangling link', (system) => link(system.at('bad/bin/python3'), 'gone'), 'is a link to'],
    ['without permission', (system) => write(system.at('bad/bin/python3')), 'permission'],
    ['a loop', (system) => link(system.at('bad/bin/python3'), 'python3'), 'ELOOP'],
    ['Python 3.7', (system) => python(system.at('bad'), { version: '3.7' }), 'is Python 3.7'],
    ['Python 2.7', (system) => python(system.at('bad'), { version: '2.7' }), 'is Python 2.7'],
    ['static', (system) => python(system.at('bad'), { library: 'archive' }), 'linked statically'],
  ])('%s', (_, make, reason) => {
    const system = new MadeUpSystem()
    make(system)
    const executable = python(system.at('good'))
    const located = system.locate(onPath(system, 'bad/bin', 'good/bin'))
    expect(located.executable).toBe(executable)
    const rejected = located.steps.find(({ outcome }) => outcome === 'rejected')
    expect(rejected).toMatchObject({ source: 'PATH', tried: system.at('bad/bin/python3') })
    expect(rejected?.detail).toContain(reason)
  })
})

test('where nothing fits, the first rejection is the error, with all the others', () => {
  const system = new MadeUpSystem()
  python(system.at('a'), { version: '3.7' })
  python(system.at('b'), { version: '2.7', links: ['python'] })
  const { code, message } = system.refusal(onPath(system, 'a/bin', 'b/bin'))
  expect(code).toBe('PYTHON_TOO_OLD')
  expect(message).toContain(`${system.at('b/bin/python')} is Python 2.7`)
})

test('two names of one folder are one entry', () => {
  const system = new MadeUpSystem()
  python(system.at('usr'), { version: '3.7', links: ['python3'] })
  link(system.at('bin'), 'usr/bin')
  system.refusal(onPath(system, 'usr/bin', 'bin', 'usr/bin'))
  expect(system.steps.filter(({ outcome }) => outcome === 'rejected')).toHaveLength(1)
})

test.each([
  ['unset', {}],
  ['empty', { PATH: '' }],
  ['nothing but separators', { PATH: '::' }],
  ['folders that do not exist', { PATH: '/nonexistent-1:/nonexistent-2' }],
])('a PATH that is %s has no Python', (_, env) => {
  const system = new MadeUpSystem()
  expect(system.refusal({ env }).code).toBe('PYTHON_NOT_FOUND')
})

test('an empty entry does not mean the working directory', () => {
  const system = new MadeUpSystem()
  python(system.at('here'))
  const options = { env: { PATH: ':/nonexistent' }, cwd: system.at('here/bin') }
  expect(system.refusal(options).code).toBe('PYTHON_NOT_FOUND')
})

test('a relative entry starts at the working directory', () => {
  const system = new MadeUpSystem()
  const executable = python(system.at('work/project/tools'))
  expect(system.locate({ env: { PATH: 'tools/bin' } }).executable).toBe(executable)
})

test.skipIf(process.getuid?.() === 0)(
  'a folder that may not be read is rejected (root reads all)',
  () => {
    const system = new MadeUpSystem()
    const executable = python(system.at('good'))
    chmodSync(folder(system.at('bad/bin')), 0)
    onTestFinished(() => chmodSync(system.at('bad/bin'), 0o755))
    const located = system.locate(onPath(system, 'bad/bin', 'good/bin'))
    expect(located.executable).toBe(executable)
    expect(located.steps.find(({ outcome }) => outcome === 'rejected')?.detail).toContain(
      'may not be',
    )
  },
)
