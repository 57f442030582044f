// A worker wants Python first: the main thread starts it, where it can, or else a thread of ours.
import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { defaultPython, places, repeats, skipLoudly } from '../fixtures/pythons.js'
import { index, type RunOptions, runNode } from '../fixtures/run-node.js'
import { script } from '../fixtures/workers.js'

/** What a worker of the scripts below says; handlers are allowed on Python's main thread only. */
const report = `
  python.exec(\`
import atexit, sys
atexit.register(lambda: print('atexit'))
sys.stdout.write('not yet flushed;')
def handler_allowed():
    import signal
    try: signal.signal(signal.SIGUSR1, signal.SIG_DFL)
    except ValueError: return False
    return True
\`)
  const info = python.info
  send([python.eval('6 * 7'), info.started, info.version === python.version, python.eval('handler_allowed()')].join())`

/** The main thread has not loaded pybridge: it is loaded in workers only. */
function bare(main: string, workers: Record<string, string>): string {
  const source = script(main, workers).replaceAll(
    /(\w+): async \(\) => \{/g,
    `$1: async () => { const { BridgeError, python, PythonError } = await import(${JSON.stringify(index)});`,
  )
  return `// bare\nimport process from 'node:process'\n${source}`
}

async function ends(source: string, stdout: string, options: RunOptions = {}, stderr = '') {
  const ending = await runNode(source, { timeout: 20_000, ...options })
  expect(ending, ending.stderr).toMatchObject({ code: 0, signal: null, stdout })
  expect(ending.stderr).toContain(stderr)
  if (stderr === '') expect(ending.stderr).toBe('')
}

describe.each(places)('on $node with $python', ({ node, python }) => {
  const place = { node, python }

  test('the main thread has loaded pybridge and is free: it starts Python', async () => {
    await ends(
      script(
        `const { first, ended } = worker('early')
         console.log(await first, python.info.started)
         await ended
         console.log(python.eval('handler_allowed()'), python.eval('1 + 1'))`,
        { early: report },
      ),
      '42,true,true,false true\ntrue 2\nnot yet flushed;atexit\n',
      place,
    )
  })

  test('the main thread has not loaded it: the keeper does, atexit runs once, output is flushed', async () => {
    await ends(
      bare(
        `const { first, ended } = worker('early')
         console.log(await first)
         await ended
         console.log(await worker('next').first)`,
        { early: report, next: `send(python.eval('6 * 7'))` },
      ),
      '42,true,true,false\n42\nnot yet flushed;atexit\n',
      place,
    )
  })

  test('the main thread is blocked for longer than 2 s: the keeper does, and main joins', async () => {
    await ends(
      script(
        `const shared = new Int32Array(new SharedArrayBuffer(4))
         const { first, ended, heard } = worker('early', shared)
         while (Atomics.load(shared, 0) === 0) Atomics.wait(shared, 0, 0, 100)
         console.log(await first, python.eval('6 * 7'), python.info.started, python.eval('handler_allowed()'))
         const inThread = python.eval('lambda f: __import__("concurrent.futures").futures.ThreadPoolExecutor(1).submit(f)')
         const future = inThread(() => 5)
         await new Promise((resolve) => setTimeout(resolve, 100))
         console.log(future.result())
         await ended`,
        {
          early: `${report}; Atomics.store(workerData.data, 0, 1); Atomics.notify(workerData.data, 0)`,
        },
      ),
      '42,true,true,false 42 true false\n5\nnot yet flushed;atexit\n',
      place,
    )
  })
})

describe.each(places)('threading on $python, first imported', ({ node, python }) => {
  const pools = `
import atexit, threading, concurrent.futures
atexit.register(lambda: print('atexit'))
pool = concurrent.futures.ThreadPoolExecutor(1)
pool.submit(int).result()`
  const known = `threading.main_thread() is threading.current_thread()`

  test('by a worker that then ends: the main thread is the main one, and pools end', async () => {
    await ends(
      script(
        `python.start()
         const { ended } = worker('first')
         await ended
         console.log(python.eval('${known}'))`,
        { first: `python.exec(${JSON.stringify(pools)})` },
      ),
      'true\natexit\n',
      { node, python },
    )
  })

  test('by an off-thread call', async () => {
    await ends(
      script(
        `python.start()
         python.exec('def first():\\n  global threading\\n  import threading, concurrent.futures\\n  concurrent.futures.ThreadPoolExecutor(1).submit(int).result()')
         await python.eval('first').async()
         console.log(python.eval('${known}'))`,
      ),
      'true\n',
      { node, python },
    )
  })

  test('by a worker, with a keeper', async () => {
    await ends(
      bare(
        `const { first, ended } = worker('first')
         console.log(await first, await ended)`,
        { first: `python.exec(${JSON.stringify(pools)}); send(python.eval('${known}'))` },
      ),
      'false 0\natexit\n',
      { node, python },
    )
  })
})

test('4 workers want it at once, and the main thread has not loaded it: one start for all', async () => {
  for (let i = 0; i < repeats; i++) {
    await ends(
      bare(
        `const workers = [1, 2, 3, 4].map((n) => worker('early', n))
         console.log((await Promise.all(workers.map(({ first }) => first))).join())
         console.log((await Promise.all(workers.map(({ ended }) => ended))).join())`,
        { early: `send(python.eval('6 * 7 + ' + workerData.data))` },
      ),
      '43,44,45,46\n0,0,0,0\n',
    )
  }
})

test('4 workers and the main thread want it at once', async () => {
  for (let i = 0; i < repeats; i++) {
    await ends(
      script(
        `const workers = [1, 2, 3, 4].map((n) => worker('early', n))
         await new Promise((resolve) => setTimeout(resolve, ${30 + 10 * i}))
         const end = Date.now() + 2100     // long enough for a keeper, begun by several
         if (${i % 2}) while (Date.now() < end) {}
         console.log(python.eval('6 * 7'))
         console.log((await Promise.all(workers.map(({ first }) => first))).join())
         console.log((await Promise.all(workers.map(({ ended }) => ended))).join())`,
        { early: `send(python.eval('6 * 7 + ' + workerData.data))` },
      ),
      '42\n43,44,45,46\n0,0,0,0\n',
    )
  }
})

test('other options than those it was started with: ALREADY_STARTED, in the worker that asks', async () => {
  await ends(
    bare(
      `console.log(await worker('early').first)
       console.log(await worker('other').first)`,
      {
        early: `python.start({ argv: ['a'] }); send(python.eval('__import__("sys").argv'))`,
        other: `try { python.start({ argv: ['b'] }) } catch (error) { send(error.code) }`,
      },
    ),
    `[ 'a' ]\nALREADY_STARTED\n`,
  )
})

test.each([
  ['free', ''],
  ['blocked', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2600)'],
])('a start that fails reaches the worker, with the main thread %s', async (_, block) => {
  await ends(
    script(
      `const { first, ended } = worker('early')
       ${block}
       console.log(await first, await ended, python.info.started)`,
      {
        early: `try { python.start({ python: '/nowhere/python3' }) } catch (error) { send([error instanceof BridgeError, error.code]) }`,
      },
    ),
    `[ true, 'PYTHON_INVALID' ] 0 false\n`,
  )
})

const platlibdir = spawnSync(defaultPython, ['-c', 'import sys; sys.platlibdir']).status === 0
const broken = 'a library that is none: the error reaches the worker, and the main thread as well'
if (!platlibdir) skipLoudly(broken, 'Python 3.8 has no PYTHONPLATLIBDIR')
test.runIf(platlibdir)(broken, async () => {
  await ends(
    script(
      `const { first } = worker('early')
       console.log(await first)
       try { python.start() } catch (error) { console.log(error.code) }`,
      { early: `try { python.eval('1') } catch (error) { send(error.code) }` },
    ),
    'START_FAILED\nSTART_FAILED\n',
    { env: { PYTHONHOME: null, PYTHONPLATLIBDIR: 'nowhere-at-all' } },
    'platlibdir',
  )
})

describe('with a keeper', () => {
  test('threads call functions of workers and of the main thread', async () => {
    await ends(
      script(
        `const shared = new Int32Array(new SharedArrayBuffer(4))
         const { first, made, ended } = worker('early', shared)
         while (Atomics.load(shared, 0) === 0) Atomics.wait(shared, 0, 0, 100)
         await first
         python.eval('lambda f: functions.append(f)')((n) => n + 1)
         python.exec('thread = threading.Thread(target=lambda: answers.append([f(i) for f in functions for i in range(50)]))\\nthread.start()')
         await new Promise((resolve) => setTimeout(resolve, 500))
         python.exec('thread.join(10)')
         console.log(python.eval('sum(answers[0])'))
         python.exec('functions.clear()')
         made.postMessage('end')
         console.log(await ended)`,
        {
          early: `python.exec('import threading\\nfunctions, answers = [], []')
            python.eval('lambda f: functions.append(f)')((n) => n * 2)
            Atomics.store(workerData.data, 0, 1)
            Atomics.notify(workerData.data, 0)
            send('ready')
            await new Promise((resolve) => parentPort.once('message', resolve))`,
        },
      ),
      '3725\n0\n',
    )
  })

  test('non-daemon threads are joined, and a worker that wants it again finds it', async () => {
    await ends(
      bare(
        `console.log(await worker('early').first)
         console.log(await worker('again').first)`,
        {
          early: `python.exec('import threading, time\\nvalue = 5'); send(python.eval('value'))`,
          again: `send(python.eval('value + threading.active_count() * 0'))`,
        },
      ),
      '5\n5\n',
    )
  })

  test.each([
    ['process.exit in the main thread', 'process.exit(3)', 3],
    ['an uncaught error', 'setImmediate(() => { throw new Error("uncaught") })', 1],
  ])('%s: atexit runs, once, and output is flushed', async (_, end, code) => {
    const ending = await runNode(
      bare(
        `const { first } = worker('early')
         await first
         ${end}`,
        { early: `${report}; setInterval(() => {}, 1000)` },
      ),
      { timeout: 20_000 },
    )
    expect(ending, ending.stderr).toMatchObject({ code, signal: null })
    expect(ending.stdout).toBe('not yet flushed;atexit\n')
  })
})
