import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { basename, isAbsolute, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { BridgeError } from '../../../lib/errors/bridge-error.js'
import { type Located, locate } from '../../../lib/runtime/locate/index.js'
import { temporaryFolder } from '../../fixtures/python-tree.js'

const prefixes = (process.env.PYBRIDGE_TEST_PYTHONS ?? '').split(':').filter(Boolean)
const hasPython = spawnSync('python3', ['-c', 'pass']).status === 0

/** What a Python says of itself; the words are for Python 2.7 too. */
const QUESTION = `
import json, sys, sysconfig
print(json.dumps({
  'executable': sys.executable,
  'version': list(sys.version_info[:2]),
  'prefix': getattr(sys, 'base_prefix', sys.prefix),
  'own': sys.prefix,
  'library': sysconfig.get_config_var('INSTSONAME'),
}))`

interface Answer {
  executable: string
  version: [number, number]
  prefix: string
  own: string
  library: string
}

function ask(executable: string): Answer {
  return JSON.parse(execFileSync(executable, ['-c', QUESTION], { encoding: 'utf8' }))
}

function expectTruth(located: Located): void {
  const answer = ask(located.executable)
  expect(located).toMatchObject({
    executable: answer.executable,
    version: answer.version.join('.'),
    prefix: answer.prefix,
    venv: answer.own === answer.prefix ? null : answer.own,
  })
  expect(basename(located.library)).toBe(answer.library)
  expect(isAbsolute(located.library) && existsSync(located.library)).toBe(true)
}

/** Nothing but PATH decides. */
function plain() {
  const { PYBRIDGE_PYTHON: _1, VIRTUAL_ENV: _2, PYTHONHOME: _3, ...env } = process.env
  return { env, cwd: temporaryFolder() }
}

function located(options: Parameters<typeof locate>[0]): Located | BridgeError {
  try {
    return locate(options)
  } catch (error) {
    if (error instanceof BridgeError) return error
    throw error
  }
}

describe.skipIf(!hasPython)('python3 on PATH', () => {
  test('is what its files say', () => {
    const found = located(plain())
    if (found instanceof BridgeError) expect(found.code).toMatch(/^(LIBRARY|PYTHON_TOO_OLD)/)
    else expectTruth(found)
  })

  test('is the base of an environment that it makes', () => {
    const found = located(plain())
    if (found instanceof BridgeError) return
    const folder = join(temporaryFolder(), 'env')
    execFileSync(found.executable, ['-m', 'venv', '--without-pip', folder])
    const inside = locate({ venv: folder })
    expect(inside).toMatchObject({ venv: folder, library: found.library, prefix: found.prefix })
    expectTruth(inside)
  })
})

if (prefixes.length === 0) {
  test('PYBRIDGE_TEST_PYTHONS is not set: no further Pythons', ({ skip }) => {
    console.warn('PYBRIDGE_TEST_PYTHONS (prefixes, separated by colons) is not set: skipped')
    skip()
  })
}

describe.each(prefixes)('%s', (prefix) => {
  test('is what its files say', () => {
    const found = located({ ...plain(), python: prefix })
    if (!(found instanceof BridgeError)) return expectTruth(found)
    const bin = join(prefix, 'bin')
    const name = ['python3', 'python'].find((each) => existsSync(join(bin, each))) ?? 'python3'
    const [major, minor] = ask(join(bin, name)).version
    const expected = major < 3 ? 'PYTHON_2' : minor < 8 ? 'PYTHON_TOO_OLD' : 'LIBRARY_STATIC'
    expect(found.code).toBe(expected)
  })
})

test('what is not there is a BridgeError with its code', () => {
  const error = located({ python: '/nonexistent/python3' })
  expect(error).toBeInstanceOf(BridgeError)
  expect(error).toMatchObject({ code: 'PYTHON_INVALID' })
})
