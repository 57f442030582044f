import { readdirSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../fixtures/python-tree.js'
import { type Place, places } from '../fixtures/pythons.js'
import { type Ending, type RunOptions, runNode } from '../fixtures/run-node.js'

const rows: string[] = []
afterAll(() => console.log(rows.join('\n')))

const here = places[0] as Place

async function endsAs(
  name: string,
  expected: Partial<Ending>,
  script: string,
  options: RunOptions = {},
  { node, python, repeats }: Place = here,
) {
  const times: number[] = []
  const count = Math.ceil(repeats / 3) // each is a process that is busy for a while
  for (let i = 0; i < count; i++) {
    const ending = await runNode(script, { node, python, ...options })
    expect(ending, ending.stderr).toMatchObject(expected)
    times.push(ending.milliseconds)
  }
  times.sort((a, b) => a - b)
  const median = Math.round(times[times.length >> 1] ?? 0)
  const longest = Math.round(times.at(-1) ?? 0)
  rows.push(`${name.padEnd(44)} ${count} of ${count}  ${median} ms, ≤ ${longest} ms  ${python}`)
}

/**
 * All that may be going on at an end: calls off this thread, running, blocked and queued; threads of
 * Python's that compute, post, call back and are waited for; timers. `stop()` ends what would keep a
 * natural end from coming.
 */
const PENDING = `
  python.start({ slowCall: 0, threads: { busy: 2, max: 4 } })
  python.exec(\`
import atexit, os, queue, sys, threading, time, pybridge
stopped = threading.Event()
never = queue.Queue()
def compute(): # without an end, or until the natural one
    while not stopped.is_set(): sorted(str(n) for n in range(100))
def call_back(f):
    while not stopped.is_set():
        try: f(1)
        except BaseException: return
def post(f):
    while not stopped.is_set():
        try: pybridge.post(f, 1)
        except BaseException: return
        time.sleep(0.0005)
def begin(f):
    for _ in range(2): threading.Thread(target=compute, daemon=True).start()
    threading.Thread(target=call_back, args=(f,), daemon=True).start()
    threading.Thread(target=post, args=(f,), daemon=True).start()
    threading.Thread(target=never.get, daemon=True).start()
    threading.Thread(target=stopped.wait).start()
def forever(): stopped.wait()
atexit.register(print, 'atexit')
\`)
  let called = 0
  python.eval('begin')(() => called++)
  const compute = python.eval('compute'), forever = python.eval('forever'), quick = python.eval('lambda n: n')
  const jobs = [compute.async(), forever.async(), ...Array.from({ length: 50 }, (_, n) => quick.async(n))]
  const timer = setInterval(() => {}, 1)
  const stop = () => { clearInterval(timer); python.eval('stopped.set')() }
  process.on('exit', (code) => console.log('exit', code))
  do await new Promise((resolve) => setTimeout(resolve, 30))
  while (called === 0)
  console.log('ready')
`
const SAID = 'ready\natexit\nexit'

describe.each(places)('with work pending, in $node with $python,', (place) => {
  test.each([
    ['process.exit', 'process.exit(3)', 3],
    ['process.exit in a callback', `python.eval('lambda f: f()')(() => process.exit(3))`, 3],
    ['process.exit in a posted callback', `begun(() => process.exit(3))`, 3],
    ['an uncaught throw', 'throw new Error("uncaught")', 1],
    ['an uncaught throw in a timer', 'setTimeout(() => { throw new Error("uncaught") })', 1],
    ['an unhandled rejection', 'Promise.reject(new Error("nobody"))', 1],
    ['an unhandled rejection of fn.async', `python.eval('lambda: 1 / 0').async()`, 1],
    ['an uncaught sys.exit', `python.exec('sys.exit(4)')`, 4],
    [
      'a handled SIGTERM',
      `process.on('SIGTERM', () => process.exit(6)); process.kill(process.pid, 'SIGTERM')`,
      6,
    ],
    ['a natural end', 'stop(); await Promise.all(jobs)', 0],
  ])(
    '%s has the right code, atexit once, and all output',
    async (name, last, code) => {
      const script = `${PENDING}
      const begun = (f) => { python.eval('begin')(() => 1); python.eval('lambda f: pybridge.post(f)')(f) }
      ${last}`
      await endsAs(name, { code, signal: null, stdout: `${SAID} ${code}\n` }, script, {}, place)
    },
    600_000,
  )

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    '%s has its signal',
    async (signal) => {
      await endsAs(
        signal,
        { code: null, signal, stdout: 'ready\n' },
        PENDING,
        { onReady: (pid) => process.kill(pid, signal) },
        place,
      )
    },
    600_000,
  )

  test.each([
    ['os._exit', 'os._exit(7)', { code: 7, signal: null }],
    ['os.abort', 'os.abort()', { code: null, signal: 'SIGABRT' }],
    ['os.kill', 'os.kill(os.getpid(), 15) or time.sleep(9)', { code: null, signal: 'SIGTERM' }],
  ] as const)('%s leaves at once', async (name, source, expected) => {
    await endsAs(
      name,
      { ...expected, stdout: 'ready\n' },
      `${PENDING};python.eval(${JSON.stringify(source)})`,
      {},
      place,
    )
  })
})

/** Lines of both sides, numbered, through a pipe that is read late and slowly. */
const LINES = (count: number) => `process.stdout.write('')
  const line = python.eval('print')
  for (let n = 0; n < ${count}; n += 2) {
    line(n, 'from Python', 'x'.repeat(60))
    console.log(n + 1, 'from JavaScript', 'y'.repeat(60))
  }`

describe('20,000 lines of both sides, in order, through a slow pipe that does not block, then', () => {
  test.each([
    ['process.exit', 'process.exit(3)', 3],
    ['an uncaught throw', 'throw new Error("uncaught")', 1],
    ['an unhandled rejection', 'Promise.reject(new Error("nobody"))', 1],
    ['sys.exit', `python.exec('sys.exit(4)')`, 4],
    ['a natural end', 'stop()', 0],
  ])('%s', async (_, last, code) => {
    const script = `${PENDING.replace("console.log('ready')", '')}${LINES(20_000)};${last}`
    const ending = await runNode(script, { slow: true })
    expect(ending.code, ending.stderr).toBe(code)
    const lines = ending.stdout.trimEnd().split('\n')
    expect(lines.slice(-2)).toEqual(['atexit', `exit ${code}`])
    const numbers = lines.slice(0, -2).map((each) => Number.parseInt(each, 10))
    expect(numbers).toEqual(Array.from({ length: 20_000 }, (_, n) => n))
  })
})

test('a thread that is just importing threading is waited for', async () => {
  const ending = await runNode(`python.exec(\`
import sys, time, _thread
begun = []
class Slow:
    def find_spec(name, path=None, target=None):
        if name == '_weakrefset':
            begun.append(name)
            time.sleep(0.3)
for name in ('threading', '_weakrefset'): sys.modules.pop(name, None)
sys.meta_path.insert(0, Slow)
_thread.start_new_thread(__import__, ('threading',))
while not begun: time.sleep(0.001)
\`)`)
  expect(ending, ending.stderr).toMatchObject({ code: 0, signal: null, stderr: '' })
})

describe('sys.exit', () => {
  test.each([
    ['sys.exit()', 0, ''],
    ['sys.exit(None)', 0, ''],
    ['sys.exit(7)', 7, ''],
    ['sys.exit(-1)', 255, ''],
    ['sys.exit(259)', 3, ''],
    ['sys.exit(2**64)', 255, ''],
    ['sys.exit(True)', 1, ''],
    ['sys.exit("why")', 1, 'why\n'],
    ['sys.exit(("a", 1))', 1, "('a', 1)\n"],
    ['raise SystemExit(5)', 5, ''],
    ['sys.stderr = None; sys.exit("why")', 1, ''],
    ['sys.exit(type("NoText", (), {"__str__": lambda self: 1 / 0})())', 1, ''],
    ['raise type("Leave", (SystemExit,), {})(6)', 6, ''],
  ])('%s that nobody catches ends as in a script', async (source, code, stderr) => {
    const script = `process.on('exit', (code) => console.log('exit', code))
      python.exec(${JSON.stringify(`import sys; ${source}`)})`
    expect(await runNode(script)).toMatchObject({ code, stderr, stdout: `exit ${code}\n` })
  })

  const EXIT = `python.exec('import sys'); const leave = python.eval('lambda: sys.exit(7)');`

  test.each([
    ['in a timer', 'setTimeout(() => leave())', 7],
    ['in an async function', '(async () => leave())()', 7],
    ['in fn.async', 'await leave.async()', 7],
    ['below a callback', `python.eval('lambda f: f()')(() => leave())`, 7],
    ['in a listener of exit', `process.on('exit', () => leave())`, 7],
    [
      'is a PythonError of type SystemExit, with its code',
      `try { leave() } catch (e) { process.exitCode = e.type === 'SystemExit' ? e.value.code + 1 : 0 }`,
      8,
    ],
    [
      'is heard by a listener',
      `process.on('uncaughtException', (e) => { process.exitCode = e.type === 'SystemExit' ? 9 : 0 }); leave()`,
      9,
    ],
    [
      'is heard by a capture',
      `process.setUncaughtExceptionCaptureCallback(() => process.exit(9)); leave()`,
      9,
    ],
    [
      'in a worker is the error of the worker',
      `
      const { Worker } = await import('node:worker_threads')
      const source = 'import(' + JSON.stringify(${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)}) + ').then(({ python }) => python.exec("import sys; sys.exit(7)"))'
      const worker = new Worker(source, { eval: true })
      worker.on('error', () => {}).on('exit', (code) => { process.exitCode = 10 + code })`,
      11,
    ],
  ])('%s', async (_, script, code) => {
    const ending = await runNode(`${EXIT}\n${script}`)
    expect(ending, ending.stderr).toMatchObject({ code, signal: null })
  })
})

describe('while Python threads compute, Node still writes', () => {
  test.each([
    ['--cpu-prof', /\.cpuprofile$/],
    ['--heap-prof', /\.heapprofile$/],
    ['NODE_V8_COVERAGE', /^coverage/],
  ])('%s', async (how, name) => {
    for (const [last, code] of [
      ['process.exit(3)', 3],
      ['stop()', 0],
      ['throw new Error("uncaught")', 1],
      [`python.exec('sys.exit(4)')`, 4],
    ] as const) {
      const folder = temporaryFolder()
      const options: RunOptions = how.startsWith('--')
        ? { flags: [how, `${how}-dir=${folder}`] }
        : { env: { [how]: folder } }
      const ending = await runNode(`${PENDING}${last}`, options)
      expect(ending, ending.stderr).toMatchObject({ code, stdout: `${SAID} ${code}\n` })
      expect(readdirSync(folder).filter((file) => name.test(file))).toHaveLength(1)
    }
  })
})

describe('exit while the threads of fn.async', () => {
  const DEF = `python.start({ slowCall: 0, threads: { busy: 2, max: 3 } })
    python.exec(\`
import queue, time
empty = queue.Queue()
def compute():
    while True: pass
def swallow():
    while True:
        try: time.sleep(0.001)
        except BaseException: pass
\`)
    const start = (name, count) => { for (let i = 0; i < count; i++) python.eval(name).async() }`

  test.each([
    ['compute', `start('compute', 2)`],
    ['are blocked', `start('empty.get', 3)`],
    ['swallow what is raised', `start('swallow', 3)`],
    ['sleep', `for (let i = 0; i < 3; i++) python.eval('time.sleep').async(100)`],
    ['are all taken, and calls queue', `start('empty.get', 3); start('compute', 1000)`],
    [
      'have 10,000 short calls to do',
      `for (let i = 0; i < 10_000; i++) python.eval('time.time').async()`,
    ],
  ])('%s', async (name, body) => {
    await endsAs(
      `exit: threads ${name}`,
      { code: 3, signal: null, stdout: '' },
      `${DEF};${body};setTimeout(() => process.exit(3), 20)`,
    )
  })
})

describe('atexit', () => {
  test('calls JavaScript, which calls Python, which starts a thread that calls JavaScript', async () => {
    const script = `python.exec(\`
import atexit, threading
def last(f):
    print('last', f(20))
    t = threading.Thread(target=lambda: print('thread', f(1)))
    t.start()
    t.join()
\`)
      python.import('atexit').register(python.eval('last'), (n) => python.eval(String(n + 1)))
      process.on('exit', (code) => console.log('exit', code));`
    for (const [last, code] of [
      ['', 0],
      ['process.exit(3)', 3],
    ] as const) {
      const stdout = `last 21\nthread 2\nexit ${code}\n`
      await endsAs(`atexit, ${last}`, { code, stdout }, script + last)
    }
  })
})
