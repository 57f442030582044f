import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../fixtures/python-tree.js'
import { type Place, places, repeats } from '../fixtures/pythons.js'
import { type Ending, type RunOptions, runNode } from '../fixtures/run-node.js'

/** What every script here does first: both sides say goodbye, and Python's `atexit` uses both. */
const GOODBYE = `
  python.exec(\`
import atexit, os, sys, threading, time
def goodbye(f):
    print('atexit', sum([1, 2]), f(20))
def call(f): return f()
\`)
  python.import('atexit').register(python.eval('goodbye'), (x) => python.eval(String(x + 1)))
  process.on('exit', (code) => console.log('exit', code))
  const call = python.eval('call')
`
const SAID = 'atexit 3 21\nexit'

const rows: string[] = []
afterAll(() => console.log(rows.join('\n')))

const here: Place = places[0] as Place

/** Races show in some runs only: each must end as expected. */
async function endsAs(
  expected: Partial<Ending>,
  script: string,
  options: RunOptions = {},
  { node, python, repeats }: Place = here,
) {
  const times: number[] = []
  for (let i = 0; i < repeats; i++) {
    const ending = await runNode(script, { node, python, ...options })
    expect(ending, ending.stderr).toMatchObject(expected)
    times.push(ending.milliseconds)
  }
  return Math.round(Math.max(...times))
}

const report = (name: string, code: unknown, longest: number) =>
  rows.push(
    `${name.padEnd(52)} ${String(code).padStart(7)}  ${repeats} of ${repeats}  ≤ ${longest} ms`,
  )

describe.each(places)('atexit runs once, the code is right, in $node with $python:', (place) => {
  test.each([
    ['natural end', '', 0, ''],
    ['natural end with process.exitCode', 'process.exitCode = 6', 6, ''],
    ['a timer that still runs', 'setTimeout(() => console.log(python.eval("1")), 50)', 0, '1\n'],
    ['process.exit', 'process.exit(3)', 3, ''],
    ['process.exit with timers pending', 'setInterval(() => {}, 1); process.exit(3)', 3, ''],
    ['process.exit in a callback, under Python', 'call(() => process.exit(4))', 4, ''],
    [
      'process.exit under Python twice over',
      'call(() => { try { call(() => process.exit(4)) } finally { console.log("never") } })',
      4,
      '',
    ],
    ['process.exit in a promise', 'Promise.resolve().then(() => process.exit(5))', 5, ''],
    ['process.exit in a timer', 'setTimeout(() => process.exit(5), 5)', 5, ''],
    [
      'process.exit while Python iterates',
      'for (const _ of python.eval("range(9)")) process.exit(5)',
      5,
      '',
    ],
    ['an uncaught exception', 'throw new Error("uncaught")', 1, ''],
    ['an uncaught exception in a callback', 'call(() => { throw new Error("uncaught") })', 1, ''],
    ['an uncaught PythonError', 'python.eval("1 / 0")', 1, ''],
    ['an uncaught PythonError in a timer', 'setTimeout(() => python.eval("1 / 0"), 5)', 1, ''],
    ['an unhandled rejection', 'Promise.reject(new Error("nobody"))', 1, ''],
    ['an unhandled PythonError', '(async () => python.eval("1 / 0"))()', 1, ''],
    [
      'sys.exit in Python, caught',
      'try { python.exec("sys.exit(7)") } catch (e) { console.log(e.type, e.message) }',
      0,
      'SystemExit 7\n',
    ],
    ['sys.exit in Python, uncaught', 'python.exec("sys.exit(7)")', 7, ''],
    [
      'a subprocess of Python',
      "console.log(python.eval(\"__import__('subprocess').call([sys.executable, '-c', 'exit(2)'])\"))",
      0,
      '2\n',
    ],
    [
      'a fork in Python that leaves by os._exit',
      `python.exec('pid = os.fork()\\nif pid == 0: os._exit(9)\\nprint(os.waitpid(pid, 0)[1] >> 8)')`,
      0,
      '9\n',
    ],
    [
      'child_process after the start',
      `import { spawnSync, fork } from 'node:child_process'
       console.log(String(spawnSync(process.execPath, ['-p', '6 * 7']).stdout).trim())
       const child = fork('-', { execArgv: ['--eval', 'process.on("message", process.exit)'] })
       child.send(8)
       console.log(await new Promise((resolve) => child.on('exit', resolve)))`,
      0,
      '42\n8\n',
    ],
    [
      'a daemon thread that sleeps',
      `python.exec('threading.Thread(target=time.sleep, args=(100,), daemon=True).start()')`,
      0,
      '',
    ],
    [
      'a daemon thread that sleeps, process.exit',
      `python.exec('threading.Thread(target=time.sleep, args=(100,), daemon=True).start()'); process.exit(3)`,
      3,
      '',
    ],
    [
      'daemon threads that compute',
      `python.exec(\`
def work():
    import json
    while True: json.dumps([str(n) for n in range(100)])
for _ in range(3): threading.Thread(target=work, daemon=True).start()
\`)`,
      0,
      '',
    ],
    [
      'daemon threads that compute, process.exit under Python',
      `python.exec(\`
def work():
    import re
    while True: re.sub('a+', lambda m: 'b', 'xaaax' * 50)
for _ in range(3): threading.Thread(target=work, daemon=True).start()
\`); call(() => process.exit(3))`,
      3,
      '',
    ],
    [
      'daemon threads that compute, an uncaught exception',
      `python.exec(\`
def work():
    while True: sorted(range(1000), key=lambda n: -n)
for _ in range(3): threading.Thread(target=work, daemon=True).start()
\`); throw new Error('uncaught')`,
      1,
      '',
    ],
    [
      'a daemon thread in C that holds the GIL',
      `python.exec(\`
import ctypes
sleep = ctypes.PyDLL(None).usleep
def work():
    while True: sleep(50_000)
threading.Thread(target=work, daemon=True).start()
\`)`,
      0,
      '',
    ],
    [
      'a daemon thread that reads from a stream of C, and holds its lock',
      `python.exec(\`
import ctypes
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
stream = ctypes.c_void_p(libc.fdopen(os.pipe()[0], b'r'))
threading.Thread(target=libc.fgetc, args=(stream,), daemon=True).start()
time.sleep(0.05)
\`)`,
      0,
      '',
    ],
    [
      'a daemon thread that calls JavaScript, and is refused',
      `python.exec(\`
def work(f):
    while True:
        try: f()
        except Exception: pass
def start(f):
    threading.Thread(target=work, args=(f,), daemon=True).start()
\`); python.eval('start')(() => 1); setTimeout(() => {}, 20)`,
      0,
      '',
    ],
    [
      'a thread that is waited for at a natural end',
      `python.exec(\`
def work():
    time.sleep(0.3)
    print('done')
threading.Thread(target=work).start()
\`)`,
      0,
      'done\n',
    ],
    [
      'a thread that is not waited for by process.exit',
      `python.exec('threading.Thread(target=time.sleep, args=(100,)).start()'); process.exit(3)`,
      3,
      '',
    ],
    [
      'a thread that starts another while it is waited for',
      `python.exec(\`
def second():
    time.sleep(0.1)
    print('second')
def first():
    time.sleep(0.1)
    threading.Thread(target=second).start()
    print('first')
threading.Thread(target=first).start()
\`)`,
      0,
      'first\nsecond\n',
    ],
    [
      'a pool of threads that is idle',
      `python.exec(\`
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(2)
print(pool.submit(sum, [1, 2]).result())
\`)`,
      0,
      '3\n',
    ],
    [
      'a pool of threads that is busy: it finishes',
      `python.exec(\`
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(2)
for n in range(4): pool.submit(lambda: (time.sleep(0.1), print('done')))
\`)`,
      0,
      'done\n'.repeat(4),
    ],
    [
      'a pool that JavaScript uses again before the end',
      `python.exec(\`
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(2)
def use(): return pool.submit(sum, [1, 2]).result()
use()
\`)
      process.once('beforeExit', () => setTimeout(() => console.log(python.eval('use()')), 10))`,
      0,
      '3\n',
    ],
  ])('%s', async (name, script, code, stdout) => {
    const longest = await endsAs(
      { code, signal: null, stdout: `${stdout}${SAID} ${code}\n` },
      GOODBYE + script,
      {},
      place,
    )
    if (place === here) report(name, code, longest)
    expect(longest).toBeLessThan(3000) // none waits for a thread that sleeps
  })
})

describe('leaves', () => {
  test('by os._exit at once, with its code', async () => {
    const longest = await endsAs({ code: 7, stdout: '' }, `${GOODBYE}python.exec('os._exit(7)')`)
    report('os._exit', 7, longest)
  })

  test('by os.abort with its signal', async () => {
    const script = `${GOODBYE}python.exec('os.abort()')`
    report(
      'os.abort',
      'SIGABRT',
      await endsAs({ code: null, signal: 'SIGABRT', stdout: '' }, script),
    )
  })

  test.each([
    ['SIGINT', 'idle', ''],
    ['SIGTERM', 'idle', ''],
    ['SIGTERM', 'while Python computes', `python.exec('while True: sum(range(1000))')`],
    ['SIGTERM', 'while Python sleeps', `python.exec('time.sleep(100)')`],
    ['SIGKILL', 'while Python computes', `python.exec('while True: pass')`],
  ] as const)('by %s, %s', async (signal, where, script) => {
    const longest = await endsAs(
      { code: null, signal, stdout: 'ready\n' },
      `${GOODBYE}setInterval(() => {}, 1000); console.log('ready'); ${script}`,
      { onReady: (pid) => process.kill(pid, signal) },
    )
    report(`${signal} ${where}`, signal, longest)
  })

  test('after a handler of SIGTERM that calls Python and process.exit', async () => {
    const longest = await endsAs(
      { code: 6, stdout: `ready\n42\n${SAID} 6\n` },
      `${GOODBYE}process.on('SIGTERM', () => { console.log(python.eval('6 * 7')); process.exit(6) })
       setInterval(() => {}, 1000); console.log('ready')`,
      { onReady: (pid) => process.kill(pid, 'SIGTERM') },
    )
    report('SIGTERM with a handler', 6, longest)
  })

  test.each([
    ['at a natural end', '', 0],
    ['by process.exit', 'process.exit(3)', 3],
  ])('with 100,000 live proxies each way, %s', async (where, last, code) => {
    const script = `${GOODBYE}
      globalThis.kept = Array.from({ length: 100_000 }, () => python.builtins.object())
      python.exec('kept = []')
      const push = python.eval('lambda function: kept.append(function)')
      for (let i = 0; i < 100_000; i++) push(() => i)
      process.on('exit', () => console.log(python.eval('len(kept)'), kept.length, Date.now()))
      ${last}`
    const ending = await runNode(script)
    expect(ending).toMatchObject({ code, signal: null })
    const [, began = 0] = /^100000 100000 (\d+)$/m.exec(ending.stdout) ?? []
    const took = Date.now() - Number(began)
    report(`100,000 live proxies each way, ${where}`, code, took)
    expect(took).toBeLessThan(1000)
  })
})

describe('the end', () => {
  test('prints an exception of atexit, and runs the others', async () => {
    const script = `${GOODBYE}
      python.exec(\`
def broken(): raise ValueError('on purpose')
atexit.register(broken)
atexit.register(print, 'later')
\`)`
    for (let i = 0; i < repeats; i++) {
      const { code, stdout, stderr } = await runNode(script)
      expect({ code, stdout }).toEqual({ code: 0, stdout: `later\n${SAID} 0\n` })
      expect(stderr).toContain('ValueError: on purpose')
    }
  })

  test('comes before the listeners of exit that were added later; they may call Python still', async () => {
    const script = `
      python.exec('import atexit; atexit.register(print, "atexit")')
      process.on('exit', () => console.log(python.eval('6 * 7')))`
    expect(await runNode(script)).toMatchObject({ code: 0, stdout: 'atexit\n42\n' })
  })

  const BUSY = `python.exec(\`
import threading
def work():
    while True: sorted([str(n) for n in range(100)])
for _ in range(3): threading.Thread(target=work, daemon=True).start()
\`)`

  test.each([
    [
      'process.exit within atexit',
      `${BUSY}; python.import('atexit').register(() => process.exit(9))`,
      9,
    ],
    [
      'a listener of exit that throws',
      `process.on('exit', () => { throw new Error('late') }); ${BUSY}`,
      1,
    ],
    ['process.reallyExit', `${BUSY}; process.reallyExit(5)`, 5],
    [
      'a second process.exit',
      `process.on('exit', () => process.exit(8)); ${BUSY}; process.exit(3)`,
      8,
    ],
  ])('survives %s, with busy threads', async (_, script, code) => {
    for (let i = 0; i < repeats; i++) {
      const ending = await runNode(script)
      expect(ending, ending.stderr).toMatchObject({ code, signal: null })
    }
  })

  test('lets a file be closed and written by atexit', async () => {
    const file = join(temporaryFolder(), 'log')
    const script = `python.exec(\`
import atexit
out = open(${JSON.stringify(file)}, 'w')
out.write('x' * 100000)
atexit.register(out.close)
\`)`
    expect(await runNode(script)).toMatchObject({ code: 0 })
    expect(existsSync(file)).toBe(true)
  })

  test('flushes what C libraries hold back, also with busy threads', async () => {
    const script = `python.exec(\`
import ctypes, threading, time
ctypes.CDLL(None).printf(b'from C')
threading.Thread(target=time.sleep, args=(100,), daemon=True).start()
\`)`
    expect(await runNode(script)).toMatchObject({ code: 0, stdout: 'from C' })
  })

  test('flushes what logging and print hold back', async () => {
    const script = `python.exec(\`
import atexit, logging, sys
logging.basicConfig(stream=sys.stdout, format='%(message)s')
sys.stdout.write('no line end')
sys.stderr.write('nor here')
atexit.register(logging.warning, ', and a warning')
\`)`
    expect(await runNode(script)).toMatchObject({
      code: 0,
      stdout: 'no line end, and a warning\n',
      stderr: 'nor here',
    })
  })

  test.each([
    ['a natural end', ''],
    ['process.exit', 'process.exit(0)'],
  ])('comes after Node has written its coverage: %s, with busy threads', async (_, last) => {
    const folder = temporaryFolder()
    const script = `${BUSY}; setTimeout(() => { ${last} }, 20)`
    const ending = await runNode(script, { env: { NODE_V8_COVERAGE: folder } })
    expect(ending).toMatchObject({ code: 0, signal: null })
    expect(readdirSync(folder)).toHaveLength(1)
  })

  test('prints what goes wrong while pools are shut down, and goes on', async () => {
    const script = `${GOODBYE}
      python.exec(\`
import concurrent.futures.thread as pools
def broken(): raise ValueError('on purpose')
getattr(threading, '_register_atexit', atexit.register)(broken)
\`)`
    const { code, stdout, stderr } = await runNode(script)
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${SAID} 0\n` })
    expect(stderr).toContain('ValueError: on purpose')
  })

  test('a Python that was never started has none', async () => {
    expect(await runNode(`console.log(python.info.started)`)).toMatchObject({
      code: 0,
      stdout: 'false\n',
    })
  })

  test('a failed start has none', async () => {
    const script = `try { python.eval('1') } catch (error) { console.log(error.code) }`
    const ending = await runNode(script, { env: { PYTHONHASHSEED: 'no number' } })
    expect(ending).toMatchObject({ code: 0, signal: null, stdout: 'START_FAILED\n' })
  })
})

describe('a child that Python forked', () => {
  test('is refused by the bridge, typed', async () => {
    const script = `python.exec(\`
import os
def forked(f):
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            f()
            text = 'called'
        except Exception as error:
            text = getattr(error, 'code', repr(error))
        os.write(writer, text.encode())
        os._exit(3)
    status = os.waitpid(pid, 0)[1] >> 8
    return [os.read(reader, 100).decode(), status]
\`)
      console.log(python.eval('forked')(() => 1).join(' '), python.eval('1 + 1'))`
    await endsAs({ code: 0, stdout: 'FORKED 3 2\n' }, script)
  })

  test('by multiprocessing, in each way that this Python has', async () => {
    const folder = temporaryFolder()
    const script = `
      import { writeFileSync } from 'node:fs'
      writeFileSync(${JSON.stringify(join(folder, 'squares.py'))}, 'def square(n): return n * n')
      python.start({ path: [${JSON.stringify(folder)}], slowCall: 0 })
      python.exec(\`
import multiprocessing, squares
answers = []
for method in multiprocessing.get_all_start_methods():
    with multiprocessing.get_context(method).Pool(2) as pool:
        answers.append(pool.map(squares.square, [1, 2, 3]))
\`)
      console.log(JSON.stringify(python.eval('answers')))`
    const { code, stdout, stderr } = await runNode(script)
    expect(stderr.replace(/.*DeprecationWarning.*\n.*\n/g, '')).toBe('')
    expect({ code, answers: new Set(JSON.parse(stdout).map(String)) }).toEqual({
      code: 0,
      answers: new Set(['1,4,9']),
    })
  })
})
