import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { locate } from '../../lib/runtime/locate/index.js'
import { hasCompiler, library } from '../fixtures/compile.js'
import { temporaryFolder } from '../fixtures/python-tree.js'
import { defaultPython, pythons, skipLoudly } from '../fixtures/pythons.js'
import { runNode } from '../fixtures/run-node.js'

const chosen = locate()

/** The library of another Python, which this process has not chosen. */
function otherLibrary(): string | undefined {
  return pythons
    .map((python) => locate({ python }).library)
    .find((library) => library !== chosen.library)
}

const other = otherLibrary()

const START = `
  try { python.start(); console.log('started', python.eval('6 * 7')) }
  catch (error) { console.log(error.code, error.message) }
  console.log('alive')`

describe.skipIf(!hasCompiler)('a process where another addon', () => {
  const addon = () => library(join(temporaryFolder(), 'other.node'), ['other_python.cpp'])
  const open = (path: string) => `process.dlopen({ exports: {} }, ${JSON.stringify(path)});${START}`

  test.skipIf(other === undefined)(
    'has another libpython open refuses, and names both',
    async () => {
      const { code, stdout } = await runNode(open(addon()), {
        env: { OTHER_PYTHON: other ?? null },
      })
      expect(stdout).toMatch(/^LIBRARY_CONFLICT .*\nalive\n$/)
      expect(stdout).toContain(other)
      expect(stdout).toContain(chosen.library)
      expect(code).toBe(0)
    },
  )

  test('has the same libpython open, not started, starts it', async () => {
    const { code, stdout } = await runNode(open(addon()), { env: { OTHER_PYTHON: chosen.library } })
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'started 42\nalive\n' })
  })

  test('has started the same libpython refuses', async () => {
    const env = {
      OTHER_PYTHON: chosen.library,
      OTHER_PYTHON_STARTS: '1',
      PYTHONHOME: chosen.prefix,
    }
    const { code, stdout } = await runNode(open(addon()), { env })
    expect(stdout).toMatch(/^LIBRARY_CONFLICT .*has started Python.*\nalive\n$/)
    expect(code).toBe(0)
  })
})

if (!hasCompiler) skipLoudly('other addons', 'there is no g++')
if (other === undefined) {
  skipLoudly('another libpython', 'PYBRIDGE_TEST_PYTHONS names no other Python')
} else {
  test('another libpython that LD_PRELOAD brought is refused', async () => {
    const { code, stdout } = await runNode(START, { env: { LD_PRELOAD: other } })
    expect(stdout).toMatch(/^LIBRARY_CONFLICT .*\nalive\n$/)
    expect(code).toBe(0)
  })
}

test('the chosen libpython that LD_PRELOAD brought is started', async () => {
  const { code, stdout } = await runNode(START, { env: { LD_PRELOAD: chosen.library } })
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'started 42\nalive\n' })
})

test('the shim libpython3.so is not another Python', async () => {
  const folder = dirname(chosen.library)
  const shim = join(folder, 'libpython3.so')
  if (!existsSync(shim)) {
    console.warn(`${folder} has no libpython3.so, only ${readdirSync(folder).length} other files`)
    return
  }
  const { code, stdout } = await runNode(START, {
    env: { LD_PRELOAD: shim, LD_LIBRARY_PATH: folder },
  })
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'started 42\nalive\n' })
})

test('a link to the chosen library is the same library', async () => {
  const { code, stdout } = await runNode(START, { python: defaultPython })
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'started 42\nalive\n' })
})
