import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, test } from 'vitest'
import { hasCompiler, library } from '../fixtures/compile.js'
import { temporaryFolder } from '../fixtures/python-tree.js'
import { type Place, places, skipLoudly } from '../fixtures/pythons.js'
import { type RunOptions, runNode } from '../fixtures/run-node.js'

/** (module (memory 1) (func (export "load") (param i32) (result i32) local.get 0 i32.load)) */
const MODULE =
  '0061736d0100000001060160017f017f030201000503010001070801046c6f616400000a0901070020002802000b'

/** `trap()` loads from out of bounds, and says what was caught. */
const TRAP = `
  const bytes = Buffer.from('${MODULE}', 'hex')
  const { load } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports
  const trap = () => {
    try { return load(0x7fffffff) } catch (error) { return error.name }
  }`

const CRASH = `python.exec('import ctypes\\nctypes.string_at(0)')`
const REPORT = 'Fatal Python error: Segmentation fault'

const inPlace = (script: string, { node, python }: Place, options: RunOptions = {}) =>
  runNode(`${TRAP}\n${script}`, { node, python, ...options })

describe.each(places)('$node with $python', (place) => {
  test('a trap is an error before, while and after faulthandler is enabled', async () => {
    const script = `
      const faulthandler = python.import('faulthandler')
      const said = [faulthandler.is_enabled(), trap()]
      for (const name of ['enable', 'enable', 'disable', 'enable', 'disable']) {
        faulthandler[name]()
        said.push(faulthandler.is_enabled(), trap())
      }
      console.log(said.join(' '))`
    const { stdout, stderr, signal } = await inPlace(script, place)
    const states = [false, true, true, false, true, false]
    expect({ stdout, stderr, signal }).toEqual({
      stdout: `${states.map((state) => `${state} RuntimeError`).join(' ')}\n`,
      stderr: '',
      signal: null,
    })
  })

  test('a crash prints where Python was, and ends by SIGSEGV', async () => {
    const script = `
      python.exec('import faulthandler; faulthandler.enable()')
      console.log(trap())
      ${CRASH}`
    const { stdout, stderr, signal } = await inPlace(script, place)
    expect({ stdout, signal }).toEqual({ stdout: 'RuntimeError\n', signal: 'SIGSEGV' })
    expect(stderr.split(REPORT)).toHaveLength(2)
    expect(stderr).toMatch(/ctypes\/__init__\.py", line \d+ in string_at/)
  })

  test.each([
    ['PYTHONFAULTHANDLER', { PYTHONFAULTHANDLER: '1' }],
    ['PYTHONDEVMODE', { PYTHONDEVMODE: '1' }],
  ])('%s enables it at the start, and both go on', async (_, env) => {
    const script = `console.log(python.import('faulthandler').is_enabled(), trap()); ${CRASH}`
    const { stdout, stderr, signal } = await inPlace(script, place, { env })
    expect({ stdout, signal }).toEqual({ stdout: 'true RuntimeError\n', signal: 'SIGSEGV' })
    expect(stderr.split(REPORT)).toHaveLength(2)
  })
})

const here = places[0] as Place

test('a file gets the report, and `disable` ends that', async () => {
  const file = join(temporaryFolder(), 'report')
  const enable = `
    import { readFileSync } from 'node:fs'
    const faulthandler = python.import('faulthandler')
    faulthandler.enable(python.builtins.open('${file}', 'w'), kw({ all_threads: false }))`
  const { stderr } = await inPlace(`${enable}; ${CRASH}`, here, {
    shell: `"$@"; echo $? "$(head -n 1 ${file})" >&2`,
  })
  expect(stderr).toContain(`139 ${REPORT}\n`)
  const silent = await inPlace(`${enable}; faulthandler.disable(); ${CRASH}`, here, {
    shell: `"$@"; echo $? "$(cat ${file})" >&2`,
  })
  expect(silent.stderr).toContain('139 \n')
})

test('a worker traps while the main thread is in Python', async () => {
  const script = `
    import { Worker } from 'node:worker_threads'
    python.exec('import faulthandler, time; faulthandler.enable()')
    const shared = new Int32Array(new SharedArrayBuffer(4))
    const source = ${JSON.stringify(TRAP)} + \`
      const { workerData } = require('node:worker_threads')
      while (Atomics.load(workerData, 0) < 1000) if (trap() === 'RuntimeError') Atomics.add(workerData, 0, 1)\`
    const worker = new Worker(source, { eval: true, workerData: shared })
    while (Atomics.load(shared, 0) < 1000) python.eval('time.sleep')(0.01)
    await new Promise((resolve) => worker.on('exit', resolve))
    console.log(Atomics.load(shared, 0))`
  const { stdout, stderr, signal } = await inPlace(script, here)
  expect({ stdout, stderr, signal }).toEqual({ stdout: '1000\n', stderr: '', signal: null })
})

test('SIGABRT is reported too: PYTHONFAULTHANDLER outlives the start', async () => {
  const env = { PYTHONFAULTHANDLER: '1' }
  const { stderr, signal } = await inPlace(`python.import('os').abort()`, here, { env })
  expect(signal).toBe('SIGABRT')
  expect(stderr).toContain('Fatal Python error: Aborted')
})

test('dump_traceback, dump_traceback_later and register go on', async () => {
  const script = `
    python.exec(\`
import faulthandler, os, signal, sys, time
faulthandler.enable()
faulthandler.dump_traceback()
print('now', file=sys.stderr)
faulthandler.dump_traceback_later(.05)
time.sleep(.3)
print('later', file=sys.stderr)
faulthandler.register(signal.SIGUSR1)
os.kill(os.getpid(), signal.SIGUSR1)
print('asked', file=sys.stderr)
faulthandler.unregister(signal.SIGUSR1)
\`)
    console.log(trap())`
  const { stdout, stderr, code } = await inPlace(script, here)
  expect({ stdout, code }).toEqual({ stdout: 'RuntimeError\n', code: 0 })
  const [now, later, asked] = stderr.split(/^(?:now|later|asked)\n/m)
  expect(now).toContain('in <module>')
  expect(later).toContain('Timeout (0:00:00.05')
  expect(asked).toContain('in <module>')
})

const hidden = 'where Node hides the function that knows traps, they come before reports'
if (!hasCompiler) skipLoudly(hidden, 'there is no g++')
else if (!('glibcVersionRuntime' in (process.report.getReport() as { header: object }).header))
  skipLoudly(hidden, 'only glibc lets dlsym be replaced')
else
  test(hidden, async () => {
    const hiding = library(join(temporaryFolder(), 'libhidden.so'), ['no_traps.cpp'])
    const LD_PRELOAD = [process.env.LD_PRELOAD, hiding].filter(Boolean).join(' ') // a sanitizer's first
    const script = `
      python.exec('import faulthandler; faulthandler.enable()')
      console.log(python.eval('faulthandler.is_enabled()'), trap())
      ${CRASH}`
    const { stdout, stderr, signal } = await inPlace(script, here, { env: { LD_PRELOAD } })
    expect({ stdout, stderr, signal }).toEqual({
      stdout: 'true RuntimeError\n',
      stderr: '',
      signal: 'SIGSEGV',
    })
  })
