import { describe, expect, test } from 'vitest'
import { type Place, places, repeats } from '../fixtures/pythons.js'
import { type Ending, runNode } from '../fixtures/run-node.js'

// Limits on calls of workers, and of calls that never come back: in processes of their own, which
// must end as well.

const LIMITS = `
  import { Worker, isMainThread, parentPort } from 'node:worker_threads'
  const limited = (source, options) => withOptions(python.eval(source), options)
  const tell = (error) => error.code ?? error.type ?? error.message
  const attempt = (body) => {
    try {
      return body()
    } catch (error) {
      return tell(error)
    }
  }
  const rejected = (promise) => promise.then((value) => ['fulfilled', value], tell)
`

async function endsAs(expected: Partial<Ending>, script: string, place?: Place) {
  const { node, python } = place ?? (places[0] as Place)
  const ending = await runNode(LIMITS + script, { node, python })
  expect(ending, ending.stderr).toMatchObject(expected)
  expect(ending.milliseconds).toBeLessThan(15_000)
  return ending
}

/** Runs in a worker: what it returns is printed. */
const inWorker = (body: string) => `
  async function work() { ${body} }
  if (isMainThread) {
    python.start()
    python.exec('import sys, threading, time')
    const worker = new Worker(new URL(import.meta.url))
    worker.on('message', (said) => console.log(JSON.stringify(said)))
  } else work().then((said) => parentPort.postMessage(said))
`

describe.each(places)('in a worker of $node with $python', (place) => {
  test.each([
    ['an endless loop', '[None for _ in iter(lambda: 0, 1)]', 'TIMEOUT'],
    ['many short sleeps', '[time.sleep(0.01) for _ in range(3000)]', 'TIMEOUT'],
    [
      'a wait for a lock, a little at a time',
      '[threading.Event().wait(0.01) for _ in range(3000)]',
      'TIMEOUT',
    ],
  ])('a timeout ends %s', async (_, source, said) => {
    const script = inWorker(`
      const first = attempt(limited(${JSON.stringify(`lambda: ${source} and None`)}, { timeout: 30 }))
      let right = 0
      for (let i = 0; i < 1000; i++) right += python.eval('len')('abc')
      return [first, right]`)
    await endsAs({ code: 0, stdout: `${JSON.stringify([said, 3000])}\n` }, script, place)
  })

  test('a call just at its limit leaves nothing for the next one', async () => {
    const script = inWorker(`
      const spin = python.eval('lambda s: [None for _ in iter(lambda e=time.monotonic() + s: time.monotonic() < e, False)] and None')
      const sum = python.eval('lambda n: sum([i for i in range(n)])')
      let late = 0, wrong = 0
      for (let i = 0; i < ${repeats * 10}; i++) {
        const said = attempt(() => withOptions(spin, { timeout: 4 })((3.5 + Math.random()) / 1000))
        if (said === 'TIMEOUT') late++
        else if (said !== null) wrong++
        for (let n = 0; n < 500; n++) if (sum(10) !== 45) wrong++
      }
      return [late > 0, wrong]`)
    await endsAs({ code: 0, stdout: '[true,0]\n' }, script, place)
  })

  test('a wait for a function of the main thread is interrupted once: `finally` runs', async () => {
    const script = `
      async function work() {
        const body = python.eval('of_main')
        return [attempt(() => withOptions(body, { timeout: 50 })()), python.eval('list(said)')]
      }
      if (isMainThread) {
        python.exec(\`
import sys, threading, time
said = []
def of_main():
    try:
        slow()
    finally:
        said.append('begin')
        for _ in range(100_000): pass
        quick()
        for _ in range(100_000): pass
        said.append('end')
\`)
        const define = python.eval('globals().__setitem__')
        const asked = new Promise((resolve) => {
          define('slow', () => {
            resolve()
            const end = performance.now() + 400
            while (performance.now() < end) {}
          })
        })
        define('quick', () => 1)
        const worker = new Worker(new URL(import.meta.url))
        worker.on('message', (said) => console.log(JSON.stringify(said)))
      } else work().then((said) => parentPort.postMessage(said))`
    await endsAs({ code: 0, stdout: '["TIMEOUT",["begin","end"]]\n' }, script, place)
  })

  test('an AbortSignal aborts a call off the worker’s thread', async () => {
    const script = inWorker(`
      const controller = new AbortController()
      const promise = limited('lambda: max(iter(lambda: 0, 1))', { signal: controller.signal }).async()
      setTimeout(() => controller.abort(new Error('enough')), 30)
      return rejected(promise)`)
    await endsAs({ code: 0, stdout: '"enough"\n' }, script, place)
  })
})

describe('a call off this thread that is blocked in C for good', () => {
  const BLOCKED = `
    python.exec('import ctypes, time\\nlibc = ctypes.CDLL(None)\\nblock = lambda: libc.sleep(60)')
    const block = python.eval('block')
  `

  test('rejects, says so, and does not keep the process', async () => {
    const script = `${BLOCKED}
      withOptions(block, { timeout: 30 }).async().catch((error) => console.log(error.message))`
    const { stdout } = await endsAs({ code: 0 }, script)
    expect(stdout).toMatch(
      'it is blocked in C code and goes on; another thread has taken its place',
    )
  })

  test('rejects with the reason of its signal, and does not keep the process', async () => {
    const script = `${BLOCKED}
      const promise = withOptions(block, { signal: AbortSignal.timeout(30) }).async()
      console.log(await promise.catch((error) => error.name))`
    await endsAs({ code: 0, stdout: 'TimeoutError\n' }, script)
  })

  test('is replaced, however many there are', async () => {
    const script = `
      python.start({ threads: { busy: 1, max: 2 } })
      ${BLOCKED}
      for (let i = 0; i < 4; i++) {
        const said = await Promise.all([1, 2].map(() => rejected(withOptions(block, { timeout: 20 }).async())))
        console.log(said.join(' '), await python.eval('len').async('abc'))
      }`
    await endsAs({ code: 0, stdout: 'TIMEOUT TIMEOUT 3\n'.repeat(4) }, script)
  })

  test('comes back late, and its thread counts again', async () => {
    const script = `
      python.start({ threads: { busy: 1, max: 2 } })
      python.exec('import os, time, threading\\nrunning = most = 0\\nlock = threading.Lock()')
      python.exec(\`
def count():
    global running, most
    with lock:
        running += 1
        most = max(most, running)
    time.sleep(0.02)
    with lock: running -= 1
\`)
      const sleep = python.eval('time.sleep')
      for (let i = 0; i < 3; i++) {
        await Promise.all([1, 2].map(() => rejected(withOptions(sleep, { timeout: 10 }).async(0.4))))
        await new Promise((resolve) => setTimeout(resolve, 250))
      }
      const count = python.eval('count')
      await Promise.all(Array.from({ length: 40 }, () => count.async()))
      console.log(python.eval('most'))`
    const { stdout } = await endsAs({ code: 0 }, script)
    expect(Number(stdout)).toBeLessThanOrEqual(4)
  })

  test('raises nothing that nobody handles', async () => {
    const script = `
      process.on('unhandledRejection', (error) => console.log('unhandled', error))
      const controller = new AbortController()
      const signal = AbortSignal.any([controller.signal])
      const calls = Array.from({ length: 50 }, (_, i) =>
        rejected(withOptions(python.eval('lambda s: __import__("time").sleep(s)'), { signal, timeout: 100 }).async(i / 200)))
      setTimeout(() => controller.abort(new Error('abort')), 60)
      const said = await Promise.all(calls)
      console.log(said.every((what) => what === 'abort' || what === 'TIMEOUT' || what[0] === 'fulfilled'))`
    await endsAs({ code: 0, stdout: 'true\n' }, script)
  })
})
