import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import process from 'node:process'
import { afterAll, describe, expect, test } from 'vitest'
import { hasCompiler, library } from '../fixtures/compile.js'
import { temporaryFolder } from '../fixtures/python-tree.js'
import {
  ask,
  defaultPython,
  environmentWith,
  nodes,
  pythons,
  skipLoudly,
} from '../fixtures/pythons.js'
import { runNode } from '../fixtures/run-node.js'

/** What differs between the libraries of Node and those of Python. */
const VERSIONS = `
import hashlib, json, sqlite3, ssl, zlib
print(json.dumps([
  ssl.OPENSSL_VERSION, zlib.ZLIB_RUNTIME_VERSION, sqlite3.sqlite_version,
  hashlib.sha256(b'x').hexdigest(), sorted(hashlib.algorithms_available),
  zlib.crc32(b'x'), zlib.compress(b'x' * 1000).hex(),
]))`

describe.each(pythons)('%s', (python) => {
  test('ssl, hashlib, zlib and sqlite3 are the ones of the plain interpreter', async () => {
    const script = `python.exec(${JSON.stringify(VERSIONS)})`
    const plain = spawnSync(python, ['-c', VERSIONS], { encoding: 'utf8' })
    const { stdout, stderr } = await runNode(script, { python })
    if (plain.status === 0) expect(stdout).toBe(plain.stdout)
    else expect(stderr).toContain(/\n(\w+Error: .*)\n$/.exec(plain.stderr)?.[1])
  })
})

/** The objects whose symbols the loader bound to Node, beside those that Node itself starts with. */
async function boundToNode(script: string, env: Record<string, string> = {}) {
  const folder = temporaryFolder()
  const ending = await runNode(script, {
    env: { LD_DEBUG: 'bindings', LD_DEBUG_OUTPUT: join(folder, 'log'), ...env },
  })
  expect(ending.code, ending.stderr).toBe(0)
  const own = execFileSync('ldd', [process.execPath], { encoding: 'utf8' })
  const bound = new Map<string, number>()
  for (const file of readdirSync(folder)) {
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n')) {
      const [, from = '', to = ''] = /binding file (\S+) \[\d+\] to (\S+) \[/.exec(line) ?? []
      if (basename(to) !== basename(process.execPath) || from === to) continue
      if (from.endsWith('.node') || own.includes(basename(from))) continue
      bound.set(from, (bound.get(from) ?? 0) + 1)
    }
  }
  return Object.fromEntries(bound)
}

const IMPORTS = `python.exec('import ssl, hashlib, zlib, sqlite3, bz2, lzma, ctypes, socket, asyncio')`

describe('symbols', () => {
  test('none of the standard library is bound to Node', async () => {
    expect(await boundToNode(IMPORTS)).toEqual({})
  })

  test('nor of what `site` imports while Python starts', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'sitecustomize.py'), 'import bz2, early, ssl, zlib')
    writeFileSync(join(folder, 'early.py'), '')
    const script = `python.exec('import sys; assert "early" in sys.modules')`
    expect(await boundToNode(script, { PYTHONPATH: folder })).toEqual({})
  })

  test('without DEEPBIND they are: the count can fail', async () => {
    expect(await boundToNode(IMPORTS, { PYBRIDGE_DEEPBIND: 'off' })).not.toEqual({})
  })
})

const isOn = 'console.log(python.eval("1 + 1"), python.info.internals.deepbind)'

describe('DEEPBIND', () => {
  test('is on', async () => {
    expect((await runNode(`python.start(); ${isOn}`)).stdout).toBe('2 true\n')
  })

  test('is off where PYBRIDGE_DEEPBIND says so', async () => {
    const { stdout } = await runNode(`python.start(); ${isOn}`, {
      env: { PYBRIDGE_DEEPBIND: 'off' },
    })
    expect(stdout).toBe('2 false\n')
  })

  test.skipIf(!hasCompiler)('is off beside a malloc of somebody else', async () => {
    const malloc = library(join(temporaryFolder(), 'libother.so'), ['foreign_malloc.cpp'])
    const { stdout, code } = await runNode(`python.start(); ${isOn}`, {
      env: { LD_PRELOAD: malloc },
    })
    expect({ stdout, code }).toEqual({ stdout: '2 false\n', code: 0 })
  })

  test.skipIf(!hasCompiler).for(['asan', 'ubsan'])(
    'is off beside lib%s',
    async (name, { skip }) => {
      const option = `-print-file-name=lib${name}.so`
      const path = execFileSync('g++', [option], { encoding: 'utf8' }).trim()
      if (!existsSync(path)) skip()
      const { stdout, code } = await runNode(`python.start(); ${isOn}`, {
        env: { LD_PRELOAD: path, ASAN_OPTIONS: 'detect_leaks=0' },
      })
      expect({ stdout, code }).toEqual({ stdout: '2 false\n', code: 0 })
    },
  )
})

/** Opens the C++ library in both ways: `lib` by ctypes, `module` as an extension module. */
const OPEN = `
import ctypes, os, sys, time
lib = ctypes.CDLL(os.environ['STREAMS'], mode=os.RTLD_NOW | getattr(os, 'RTLD_DEEPBIND', 0))
for name in ('in_environ', 'by_getenv', 'zone_name'):
    getattr(lib, name).restype = ctypes.c_char_p
lib.zone_seconds.restype = ctypes.c_long
try:
    import streams_extension as module
except ImportError:
    module = None

def look(name):
    values = {lib.in_environ(name.encode()), lib.by_getenv(name.encode())}
    if module is not None:
        value = module.environ_value(name)
        values.add(None if value is None else value.encode())
        assert lib.count_environ() == module.environ_count()
    assert len(values) == 1, values
    value = values.pop()
    return None if value is None else value.decode()

def zone():
    return lib.zone_name(0).decode() + ' ' + str(lib.zone_seconds())
`

const built = mkdtempSync(join(tmpdir(), 'pybridge-streams-'))
afterAll(() => rmSync(built, { recursive: true, force: true }))

/** Compiles both, once. */
function build(): { env: Record<string, string>; hasModule: boolean } {
  const paths = ['libstreams.so', 'streams_extension.so'].map((name) => join(built, name))
  const [STREAMS = '', module = ''] = paths
  if (existsSync(STREAMS)) return { env: { STREAMS }, hasModule: existsSync(module) }
  library(STREAMS, ['streams.cpp'])
  const include = ask(defaultPython, 'import sysconfig; print(sysconfig.get_path("include"))')
  const hasModule = existsSync(join(include, 'Python.h'))
  if (hasModule) library(module, ['streams.cpp', 'extension.cpp'], `-I${include}`)
  else console.warn(`no Python.h in ${include}: the extension module is not tested`)
  return { env: { STREAMS }, hasModule }
}

describe.skipIf(!hasCompiler).each(nodes)('a C++ library in %s', (node) => {
  async function inNode(script: string) {
    const { env, hasModule } = build()
    const start = `python.start({ path: [${JSON.stringify(built)}] })`
    const open = `python.exec(${JSON.stringify(OPEN)})`
    const names = `const look = python.eval('look'), zone = python.eval('zone')`
    const ending = await runNode([start, open, names, script].join('\n'), { node, env })
    return { ...ending, hasModule }
  }

  test('writes to std::cout and std::cerr', async () => {
    const { code, stdout, stderr, hasModule } = await inNode(`
      python.exec('lib.write_streams(b"one"); module and module.write("two")')
      console.log(python.eval('lib.other_parts()'))`)
    const each = (stream: string, number: string) =>
      (hasModule ? ['one', 'two'] : ['one']).map((text) => `${stream} ${text} ${number}\n`).join('')
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: `${each('cout', '1.5')}1\n`,
      stderr: each('cerr', '42'),
    })
  })

  test.each([
    ['what the process began with', '', 'STREAMS_BEGAN', 'yes'],
    ['os.environ', `python.exec('os.environ["NAME"] = "python"')`, 'NAME', 'python'],
    ['os.putenv', `python.exec('os.putenv("NAME", "put")')`, 'NAME', 'put'],
    ['os.environ, taken away', `python.exec('del os.environ["STREAMS"]')`, 'STREAMS', null],
    ['os.unsetenv', `python.exec('os.unsetenv("STREAMS")')`, 'STREAMS', null],
    ['process.env', `process.env.NAME = 'node'`, 'NAME', 'node'],
    ['process.env, taken away', `delete process.env.STREAMS`, 'STREAMS', null],
    [
      'so many of process.env that libc moves them',
      `for (let i = 0; i < 3000; i++) process.env['NAME' + i] = 'value ' + i`,
      'NAME2999',
      'value 2999',
    ],
    [
      'so many of os.environ that libc moves them',
      `python.exec('for i in range(3000): os.environ["NAME%d" % i] = "value %d" % i')`,
      'NAME2999',
      'value 2999',
    ],
    [
      'a setenv of its own',
      `python.exec('for i in range(3000): lib.set_environ(b"NAME%d" % i, b"c")')`,
      'NAME2999',
      'c',
    ],
  ])('reads in environ: %s', async (_, change, name, value) => {
    const { stdout, stderr, code } = await inNode(`
      process.env.STREAMS_BEGAN = 'yes'
      ${change}
      console.log(JSON.stringify(look('${name}')))`)
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: `${JSON.stringify(value)}\n`,
      stderr: '',
    })
  })

  test.each([
    ['time.tzset', `python.exec('os.environ["TZ"] = "Asia/Tokyo"; time.tzset()')`, 'JST -32400'],
    ['process.env.TZ', `process.env.TZ = 'America/New_York'`, 'EST 18000'],
  ])('reads the time zone after %s', async (_, change, expected) => {
    const { stdout } = await inNode(`
      process.env.TZ = 'UTC'
      console.log(zone())
      ${change}
      console.log(zone())`)
    expect(stdout).toBe(`UTC 0\n${expected}\n`)
  })
})

if (!hasCompiler) skipLoudly('a C++ library in Node', 'there is no g++')

describe('packages', () => {
  const cases = [
    [
      'numpy',
      'import numpy as np; a = np.arange(6).reshape(2, 3); print((a @ a.T).tolist(), np.linalg.det(np.eye(3)))',
      '[[5, 14], [14, 50]] 1.0',
    ],
    [
      'sklearn',
      `
from sklearn.datasets import make_blobs
from sklearn.cluster import KMeans
from sklearn.ensemble import HistGradientBoostingClassifier
X, y = make_blobs(600, centers=3, random_state=0, cluster_std=.3)
print(len(set(KMeans(3, n_init=1, random_state=0).fit_predict(X))), HistGradientBoostingClassifier(max_iter=5).fit(X, y).score(X, y))`,
      '3 1.0',
    ],
    [
      'pandas',
      'import pandas as pd; print(pd.DataFrame({"a": [1, 1, 2], "b": [1.5, 2, 4]}).groupby("a").b.sum().to_dict())',
      '{1: 3.5, 2: 4.0}',
    ],
    [
      'pyarrow',
      'import pyarrow as pa, pyarrow.compute as pc; print(pc.sum(pa.array([1, 2, 3])).as_py(), pa.table({"a": [1]}).num_rows)',
      '6 1',
    ],
  ] as const

  for (const [module, source, expected] of cases) {
    const environment = environmentWith(module)
    if (environment === undefined) {
      skipLoudly(module, 'no environment has it')
      continue
    }
    test.each(nodes)(`${module} computes in %s`, async (node) => {
      const script = `python.exec(${JSON.stringify(source)})`
      const ending = await runNode(script, { node, python: environment })
      expect(ending).toMatchObject({ code: 0, stdout: `${expected}\n` })
    })
  }
})
