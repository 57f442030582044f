import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { locate } from '../../lib/runtime/locate/index.js'
import { hasCompiler, program, source } from '../fixtures/compile.js'
import { ask, isFreeThreaded, pythons, skipLoudly } from '../fixtures/pythons.js'
import { environment, root, runNode } from '../fixtures/run-node.js'

const minor = (python: string) => Number(ask(python, 'import sys; print(sys.version_info[1])'))

/** So that the sanitizer sees each object's end; a free-threaded build has no such allocator. */
const plainMalloc = (python: string) => (isFreeThreaded(python) ? {} : { PYTHONMALLOC: 'malloc' })

/** The program of layouts.cpp, which stops at the first byte that is read outside an object. */
function compile(folder: string): string {
  const native = (name: string) => join(root, 'native', name)
  const sources = [
    ...['cpython/library', 'cpython/shared_library_linux', 'cpython/shared_library_posix'],
    ...['cpython/check', 'cpython/layouts', 'errors/bridge_error'],
  ]
  return program(
    join(folder, 'layouts'),
    source('layouts.cpp'),
    ...sources.map((name) => native(`${name}.cpp`)),
    ...['-std=c++20', `-I${root}native`, '-ldl', '-fsanitize=address,undefined'],
    '-fno-sanitize-recover=undefined',
  )
}

/** What the program says, by what it says it of; null where the Python needs a newer C library. */
function run(path: string, python: string): Record<string, string> | null {
  const { library, prefix } = locate({ python })
  const { status, stdout, stderr } = spawnSync(path, [library], {
    encoding: 'utf8',
    env: environment({
      env: { PYTHONHOME: prefix, ASAN_OPTIONS: 'detect_leaks=0', ...plainMalloc(python) },
    }),
  })
  if (/version `GLIBC_[\d.]+' not found/.test(stdout)) return null
  expect(status, stdout + stderr).toBe(0)
  return Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/: (.*)/).slice(0, 2)),
  )
}

describe.skipIf(!hasCompiler)('a table of layouts that is wrong', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pybridge-layouts-'))
  let path = ''
  beforeAll(() => {
    path = compile(folder)
  }, 300_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.for(pythons)('is found out, entry by entry, at the start of %s', (python, { skip }) => {
    const byLayout = minor(python) < 11
    const plain = ask(python, 'import sys; print(hasattr(sys, "gettotalrefcount"))') === 'False'
    const counting = minor(python) < 12 ? 'word' : 'immortals'
    const counts = plain && !isFreeThreaded(python) ? counting : 'functions'
    const all = (count: number) => `${count} of ${count}`
    const said = run(path, python)
    if (said === null) {
      console.warn(`${python} is of a newer C library than the compiler's: its table is not moved`)
      return skip()
    }
    const { 'other versions': others, ...entries } = said
    expect(entries).toEqual({
      right: `counting ${counts}, integer 1, text 1, vectorcall ${byLayout ? 'layout' : 'function'}, tuple 1`,
      type: all(9),
      head: all(9),
      counting: all(isFreeThreaded(python) ? 2 : 1),
      integer_size: all(32),
      integer_digit: all(32),
      integer_tagged: all(1),
      text_length: all(32),
      text_state: all(32),
      text_kind_shift: all(32),
      text_ascii: all(32),
      text_compact: all(32),
      type_vectorcall: all(byLayout ? 32 : 0),
      tuple_items: all(32),
      'strings of the old kind': all(minor(python) < 12 ? 4 : 0),
      off: 'counting 0, integer 0, text 0, vectorcall 0, tuple 0',
    })
    expect(others).toMatch(/^(\d+) of \1$/)
    expect(others).not.toBe('0 of 0')
  })
})

if (!hasCompiler) skipLoudly('tables of layouts that are wrong', 'there is no g++')

describe.each(pythons)('%s', (python) => {
  const oldStrings = `
import ctypes
make = ctypes.pythonapi.PyUnicode_FromUnicode
make.restype, make.argtypes = ctypes.py_object, [ctypes.c_wchar_p, ctypes.c_ssize_t]
def old(text): return make(text, len(text))`

  if (minor(python) < 12) {
    test.each(['on', 'off'])('strings of the old kind cross, layouts %s', async (layouts) => {
      const script = `
        python.exec(${JSON.stringify(oldStrings)})
        const texts = ['', 'x', 'old', 'été', '☃', 'a😀b', 'x'.repeat(1000)]
        const back = python.eval('lambda texts: [old(text) for text in texts]')(texts)
        const each = texts.map((text) => python.eval('old')(text))
        const keys = python.eval('lambda texts: {old(text): old(text) for text in texts}')(texts)
        console.log([back, each, Object.keys(keys), Object.values(keys)]
          .every((some) => JSON.stringify(some) === JSON.stringify(texts)))`
      const ending = await runNode(script, { python, env: { PYBRIDGE_LAYOUTS: layouts } })
      expect(ending, ending.stderr).toMatchObject({ code: 0, stdout: 'true\n' })
    })
  }

  test('every layout is used, and none with PYBRIDGE_LAYOUTS=off', async () => {
    const script = 'python.start(); console.log(JSON.stringify(python.info.internals.layouts))'
    const wanted = { PYBRIDGE_LAYOUTS: 'on' }
    const on = JSON.parse((await runNode(script, { python, env: wanted })).stdout)
    const env = { PYBRIDGE_LAYOUTS: 'off' }
    const off = JSON.parse((await runNode(script, { python, env })).stdout)
    const byFunction = minor(python) >= 11
    expect(on).toEqual({ text: true, tuple: true, vectorcall: byFunction ? 'function' : 'layout' })
    expect(off).toEqual({
      text: false,
      tuple: false,
      vectorcall: byFunction ? 'function' : 'tuple',
    })
  })
})
