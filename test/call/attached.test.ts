// python.attached: one synchronous block that keeps this thread attached.
import { describe, expect, test } from 'vitest'
import { PythonError, python, withOptions } from '../../lib/index.js'
import { runNode } from '../fixtures/run-node.js'
import { refusal, thrown } from '../fixtures/thrown.js'

const echo = python.eval('lambda value: value')
const call = python.eval('lambda f: f()')

describe('what the body does', () => {
  test.each<[string, unknown]>([
    ['a value', 5],
    ['nothing', undefined],
    ['an object', { a: 1 }],
  ])('%s is returned', (_, value) => {
    expect(python.attached(() => value)).toBe(value)
  })

  test('calls give the same results', () => {
    python.attached(() => {
      expect(echo([1, { a: 'text' }])).toEqual([1, { a: 'text' }])
      expect(python.eval('6 * 7')).toBe(42)
      expect((thrown(() => python.eval('1 / 0')) as PythonError).type).toBe('ZeroDivisionError')
      expect(python.ref([1]).append).toBeTypeOf('function')
    })
  })

  test('an error is thrown as it is, and the next call is right', () => {
    const error = new RangeError('mine')
    const throws = () => {
      throw error
    }
    expect(thrown(() => python.attached(throws))).toBe(error)
    expect(thrown(() => python.attached(() => python.eval('1 / 0')))).toBeInstanceOf(PythonError)
    expect(echo([1])).toEqual([1])
    expect(thrown(() => call(() => python.attached(throws)))).toBe(error)
    expect(echo([1])).toEqual([1])
  })

  test('callbacks, and blocks within blocks and within callbacks', () => {
    const answer = python.attached(() =>
      call(() => python.attached(() => call(() => echo([python.attached(() => 1), 2])))),
    )
    expect(answer).toEqual([1, 2])
  })

  test('limits of calls hold', () => {
    const nap = withOptions(python.import('time').sleep, { timeout: 20 })
    python.attached(() => {
      expect(refusal('TIMEOUT', () => nap(10))).toContain('20 ms')
    })
  })
})

describe('is refused', () => {
  test.each<[string, unknown]>([
    ['an async function', async () => 1],
    ['a function that returns a promise', () => Promise.resolve(1)],
    ['one that calls off the thread', () => echo.async(1)],
    ['nothing', undefined],
    ['a value', 5],
  ])('%s', (_, body) => {
    const message = refusal('INVALID_ARGUMENT', () => python.attached(body as () => unknown))
    expect(message).toMatch(/python\.attached takes a function/)
    expect(echo([1])).toEqual([1])
  })

  test('an async function is not even called', () => {
    let called = false
    refusal('INVALID_ARGUMENT', () =>
      python.attached(async () => {
        called = true
      }),
    )
    expect(called).toBe(false)
  })
})

describe('threads of Python', () => {
  python.exec(`
import threading, time
class Ticker:
    def __init__(self):
        self.ticks, self.on = 0, True
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
    def run(self):
        while self.on:
            self.ticks += 1
            time.sleep(0.001)
    def stop(self):
        self.on = False
        self.thread.join()
`)
  const busyFor = (milliseconds: number) => {
    const until = performance.now() + milliseconds
    while (performance.now() < until);
  }

  test.skipIf(python.info.freeThreaded)('stand still within, and go on after it', () => {
    const ticker = new (python.eval('Ticker'))()
    busyFor(30)
    const [begin, end] = python.attached(() => {
      const first = ticker.ticks
      busyFor(100)
      return [first, ticker.ticks]
    })
    expect(end - begin).toBeLessThanOrEqual(2)
    busyFor(50)
    expect(ticker.ticks).toBeGreaterThan(end)
    ticker.stop()
  })

  test('run after a block that was left by an error', () => {
    const ticker = new (python.eval('Ticker'))()
    thrown(() =>
      python.attached(() => {
        throw new Error('left')
      }),
    )
    const before = ticker.ticks
    busyFor(50)
    expect(ticker.ticks).toBeGreaterThan(before)
    ticker.stop()
  })

  test('calls off the thread are answered after it', async () => {
    const answer = python.attached(() => [echo.async([1])])
    expect(await Promise.all(answer)).toEqual([[1]])
  })
})

test('fs.readSync within is not disturbed by threads that call back', async () => {
  const ending = await runNode(
    `import { execFileSync, spawn } from 'node:child_process'
     import { closeSync, mkdtempSync, openSync, readSync } from 'node:fs'
     python.exec(\`
import threading
stop = False
errors = []
def hammer(f):
    while not stop:
        try: f()
        except BaseException as error: errors.append(repr(error))
def begin(f):
    global threads
    threads = [threading.Thread(target=hammer, args=(f,), daemon=True) for _ in range(3)]
    for thread in threads: thread.start()
def end():
    global stop
    stop = True
\`)
     let called = 0
     python.eval('begin')(() => { called++ })
     execFileSync('mkfifo', ['pipe'])
     let bytes = 0
     for (let i = 0; i < 5; i++) {
       await new Promise((resolve) => setTimeout(resolve, 20))
       const writer = spawn('sh', ['-c', 'exec > pipe; sleep 0.1; echo one; sleep 0.05; echo two'])
       const file = openSync('pipe', 'r')
       bytes += python.attached(() => {
         python.eval('1')
         const buffer = Buffer.alloc(4)
         return readSync(file, buffer) + readSync(file, buffer)
       })
       closeSync(file)
       await new Promise((resolve) => writer.on('exit', resolve))
     }
     python.eval('end')()
     console.log(bytes, called > 0, python.eval('len(errors)'))
     process.exit()`,
  )
  expect(ending).toMatchObject({ code: 0, stdout: '40 true 0\n', stderr: '' })
})

test('in a worker, which is terminated within it', async () => {
  const ending = await runNode(
    `import { isMainThread, parentPort, Worker } from 'node:worker_threads'
     async function main() {
       python.start()
       const worker = new Worker(new URL(import.meta.url))
       console.log(await new Promise((resolve) => worker.once('message', resolve)))
       console.log(await worker.terminate(), python.attached(() => python.eval('6 * 7')))
     }
     if (isMainThread) main()
     else python.attached(() => {
       parentPort.postMessage(python.eval('sum([1, 2])'))
       for (;;) python.eval('1')
     })`,
  )
  expect(ending).toMatchObject({ code: 0, stdout: '3\n1 42\n', stderr: '' })
})
