import { describe, expect, test } from 'vitest'
import { environmentWith, type Place, places, skipLoudly } from '../fixtures/pythons.js'
import { type Ending, index, type RunOptions, runNode } from '../fixtures/run-node.js'

/** `ctrl_c()` is felt as from a terminal a moment later; `ctrl_c_now()` at once. */
const CTRL_C = `
  python.exec(\`
import os, signal, sys, threading, time
def ctrl_c_now():
    os.kill(os.getpid(), signal.SIGINT)
def ctrl_c(after=0.1):
    def press():
        time.sleep(after)
        ctrl_c_now()
    threading.Thread(target=press, daemon=True).start()
def interrupted(body):
    ctrl_c()
    try:
        body()
    finally:
        print('finally')
def spin(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end: pass
\`)
  const ctrl_c = python.eval('ctrl_c')
  const interrupted = python.eval('interrupted')
  const busy = (milliseconds) => {
    const end = performance.now() + milliseconds
    while (performance.now() < end) {}
  }
  const catches = (body) => {
    try {
      body()
      console.log('nothing')
    } catch (error) {
      console.log(error.name, error.type)
    }
  }
`

const CAUGHT = 'finally\nPythonError KeyboardInterrupt\n'

async function endsAs(
  expected: Partial<Ending>,
  script: string,
  place: Place | undefined,
  options: RunOptions = {},
) {
  const { node, python } = place ?? (places[0] as Place)
  const ending = await runNode(CTRL_C + script, { node, python, ...options })
  expect(ending, ending.stderr).toMatchObject(expected)
  return ending
}

describe.each(places)('Ctrl-C in $node with $python', (place) => {
  test.each([
    ['bytecode', 'spin(30)'],
    ['time.sleep', 'time.sleep(30)'],
    ['Lock.acquire', 'lock = threading.Lock(); lock.acquire(); lock.acquire()'],
    ['Lock.acquire with a timeout', 'l = threading.Lock(); l.acquire(); l.acquire(timeout=30)'],
    ['Event.wait', 'threading.Event().wait()'],
    ['Condition.wait', 'c = threading.Condition(); c.acquire(); c.wait(30)'],
    ['Queue.get', 'import queue; queue.Queue().get()'],
    [
      'Thread.join',
      't = threading.Thread(target=time.sleep, args=(30,), daemon=True); t.start(); t.join()',
    ],
    ['select', 'import select; select.select([], [], [], 30)'],
    ['os.read', 'os.read(os.pipe()[0], 1)'],
    ['socket.accept', 'import socket; s = socket.socket(); s.listen(); s.accept()'],
    [
      'subprocess.wait',
      'import subprocess; subprocess.Popen(["sleep", "30"], stdout=-3, stderr=-3).wait()',
    ],
    ['many small calls of C', 'while True: sorted(range(100))'],
    ['an import', 'import endless'],
  ])('raises in %s, and the next calls are right', async (_, body) => {
    const script = `
      import { writeFileSync } from 'node:fs'
      writeFileSync('endless.py', 'import time\\ntime.sleep(30)')
      python.exec(${JSON.stringify(`def body():\n    ${body.split('; ').join('\n    ')}`)})
      catches(() => interrupted(python.eval('body')))
      catches(() => interrupted(python.eval('lambda: time.sleep(30)')))
      for (let i = 0; i < 1000; i++) if (python.eval('len')('abc') !== 3) throw new Error('wrong')
      setTimeout(() => process.exit(python.eval('6 * 7')), 20)`
    await endsAs({ code: 42, signal: null, stdout: CAUGHT + CAUGHT }, script, place)
  })

  test.each([
    ['python.attached', 'catches(() => python.attached(() => interrupted(sleep)))', CAUGHT],
    ['a call from a callback', 'catches(() => call(() => interrupted(sleep)))', CAUGHT],
    [
      'a call from a callback that catches it',
      'catches(() => call(() => catches(() => interrupted(sleep))))',
      `${CAUGHT}nothing\n`,
    ],
    [
      'Python, after JavaScript that was called from it',
      'catches(() => interrupted(() => { busy(20); python.eval("1"); sleep() }))',
      CAUGHT,
    ],
    [
      'a wait for a function of a worker',
      `const worker = new Worker(\`
         const { parentPort } = require('node:worker_threads')
         import(${JSON.stringify(index)}).then(({ python }) => {
           python.eval('globals().__setitem__')('of_worker', () => {
             const end = Date.now() + 1000
             while (Date.now() < end) {}
           })
           parentPort.postMessage('ready')
           setInterval(() => {}, 1000)
         })\`, { eval: true })
       await new Promise((resolve) => worker.once('message', resolve))
       catches(() => interrupted(python.eval('of_worker')))`,
      CAUGHT,
    ],
  ])('raises in %s', async (_, script, stdout) => {
    const source = `
      import { Worker } from 'node:worker_threads'
      const call = python.eval('lambda f: f()')
      const sleep = python.eval('lambda: time.sleep(30)')
      ${script}
      process.exit(python.eval('6 * 7'))`
    await endsAs({ code: 42, signal: null, stdout }, source, place)
  })

  test('nobody catches it: traceback, exit handlers, atexit, and death by the signal', async () => {
    const script = `
      python.import('atexit').register(() => console.log('atexit'))
      process.on('exit', (code) => console.log('exit'))
      interrupted(python.eval('lambda: time.sleep(30)'))`
    const { stderr } = await endsAs(
      { code: null, signal: 'SIGINT', stdout: 'finally\natexit\nexit\n' },
      script,
      place,
    )
    expect(stderr).toMatch(/PythonError: KeyboardInterrupt\n(.*\n)* +at interrupted/)
  })
})

test('a shell sees 130', async () => {
  const options = { shell: '"$@"; echo "code $?"; exit 3' }
  await endsAs(
    { code: 3, stdout: 'code 130\n' },
    `ctrl_c(); python.eval('time.sleep(30)')`,
    undefined,
    options,
  )
})

test('a rejection that nobody handles ends the process by the signal too', async () => {
  const script = `(async () => { ctrl_c(); python.eval('time.sleep(30)') })()`
  await endsAs({ code: null, signal: 'SIGINT' }, script, undefined)
})

describe('listeners of SIGINT', () => {
  test.each([
    [
      'hear it beside KeyboardInterrupt',
      `process.on('SIGINT', heard)`,
      'PythonError KeyboardInterrupt\nheard SIGINT\n',
    ],
    [
      'hear it once, where they wish',
      `process.once('SIGINT', heard)
       catches(() => { ctrl_c(); python.eval('time.sleep(30)') })
       await new Promise((resolve) => setTimeout(resolve, 50))`,
      'PythonError KeyboardInterrupt\nheard SIGINT\nPythonError KeyboardInterrupt\n',
    ],
    [
      'hear it no longer after off',
      `process.on('SIGINT', heard); process.off('SIGINT', heard)`,
      'PythonError KeyboardInterrupt\n',
    ],
  ])('%s', async (_, before, stdout) => {
    const script = `
      const heard = (name) => console.log('heard', name)
      ${before}
      catches(() => { ctrl_c(); python.eval('time.sleep(30)') })
      setTimeout(() => process.exit(42), 50)`
    await endsAs({ code: 42, signal: null, stdout }, script, undefined)
  })

  test('with one, an uncaught KeyboardInterrupt is an uncaught exception like any other', async () => {
    const script = `process.on('SIGINT', () => {}); ctrl_c(); python.eval('time.sleep(30)')`
    await endsAs({ code: 1, signal: null }, script, undefined)
  })
})

describe('outside Python, where Node’s rules hold, Ctrl-C', () => {
  const heard = `const heard = (name) => { console.log('heard', name); process.exit(42) }\n`
  test.each<[string, string, Partial<Ending>]>([
    ['ends a process without listener', '', { signal: 'SIGINT', code: null, stdout: '' }],
    ['calls the listener', `process.on('SIGINT', heard)`, { code: 42, stdout: 'heard SIGINT\n' }],
    ['calls a listener from before the start', `process.on('SIGINT', heard)`, { code: 42 }],
    ['calls what was prepended', `process.prependListener('SIGINT', heard)`, { code: 42 }],
    [
      'ends the process after off',
      `process.on('SIGINT', heard); process.off('SIGINT', heard)`,
      { signal: 'SIGINT' },
    ],
    [
      'ends it after removeAllListeners(name)',
      `process.on('SIGINT', heard); process.removeAllListeners('SIGINT')`,
      { signal: 'SIGINT' },
    ],
    [
      'ends it after removeAllListeners()',
      `process.on('SIGINT', heard); process.removeAllListeners()`,
      { signal: 'SIGINT' },
    ],
    [
      'ends it after removeAllListeners(), which leaves Node deaf',
      `process.removeAllListeners(); await null; process.on('SIGINT', heard)`,
      { signal: 'SIGINT' },
    ],
    [
      'ends it where once has heard one already',
      `process.once('SIGINT', () => setTimeout(() => ctrl_c(0.01), 10))`,
      { signal: 'SIGINT' },
    ],
  ])('%s', async (name, script, expected) => {
    const wait = `ctrl_c(); setTimeout(() => process.exit(3), 10_000)`
    const source = name.includes('before the start')
      ? `${heard}${script}\n${CTRL_C}${wait}`
      : `${CTRL_C}${heard}${script}\n${wait}`
    const ending = await runNode(source)
    expect(ending, ending.stderr).toMatchObject(expected)
  })

  test.each<[string, string, Partial<Ending>]>([
    ['without listener ends the process', '', { signal: 'SIGINT', stdout: '' }],
    [
      'with listener is heard after it',
      `process.on('SIGINT', () => { console.log('heard'); process.exit(42) })`,
      { code: 42, stdout: 'done\nheard\n' },
    ],
  ])('while JavaScript computes under Python, %s', async (_, before, expected) => {
    const script = `${before}
      python.eval('lambda f: (ctrl_c(), f())')(() => busy(500))
      console.log('done')
      setTimeout(() => {}, 5000)`
    await endsAs(expected, script, undefined)
  })
})

test('while the end waits for threads, it ends the wait', async () => {
  const script = `
    python.exec('threading.Thread(target=time.sleep, args=(30,)).start(); ctrl_c(0.3)')
    process.on('exit', () => console.log('exit'))`
  await endsAs({ signal: 'SIGINT', code: null, stdout: 'exit\n' }, script, undefined)
})

test('where a worker has started Python alone, it is Node’s', async () => {
  const script = `// bare
    import { Worker } from 'node:worker_threads'
    process.on('SIGINT', () => { console.log('heard'); process.exit(42) })
    const worker = new Worker(\`import(${JSON.stringify(index)}).then(({ python }) => {
      require('node:worker_threads').parentPort.postMessage('ready')
      python.exec('import time\\\\ntime.sleep(2)')
    })\`, { eval: true })
    worker.once('message', () => setTimeout(() => process.kill(process.pid, 'SIGINT'), 300))`
  const ending = await runNode(script)
  expect(ending, ending.stderr).toMatchObject({ code: 42, stdout: 'heard\n' })
})

describe('NumPy', () => {
  const venv = environmentWith('numpy')
  if (venv === undefined) return skipLoudly('Ctrl-C in a loop of NumPy', 'no environment has numpy')
  test('a loop of NumPy is interrupted', async () => {
    const script = `python.exec('import numpy\\na = numpy.ones(10_000)\\ndef work():\\n  while True: numpy.sin(a).sum()')
      catches(() => interrupted(python.eval('work')))`
    const stdout = CAUGHT
    await endsAs({ code: 0, stdout }, script, undefined, { python: venv })
  })
})
