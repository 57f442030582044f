// pybridge.post: a thread brings a call, and goes on.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { kw, python } from '../../lib/index.js'
import { withCallers } from '../fixtures/callers.js'
import { repeats } from '../fixtures/pythons.js'
import { runNode } from '../fixtures/run-node.js'
import { runtime } from '../fixtures/runtime.js'
import { refusal } from '../fixtures/thrown.js'

python.exec(`
import gc, threading, weakref, pybridge
def from_threads(count, body):
    threads = [threading.Thread(target=body, args=(n,)) for n in range(count)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
`)

/** Everything that was posted has arrived. */
async function settled(count: () => boolean) {
  for (let i = 0; i < 500 && !count(); i++) await sleep(2)
  expect(count()).toBe(true)
}

afterEach(() => {
  python.exec('gc.collect()')
})

test('arrives later, never within the call that posts', async () => {
  const heard: number[] = []
  python.eval('lambda f: [pybridge.post(f, i) for i in range(3)]')((n: number) => heard.push(n))
  expect(heard).toEqual([])
  await settled(() => heard.length === 3)
  expect(heard).toEqual([0, 1, 2])
})

test('answers None at once, and what the function returns is dropped', async () => {
  let called = false
  const answer = python.eval('lambda f: pybridge.post(f)')(() => {
    called = true
    return Symbol('cannot cross')
  })
  expect(answer).toBeNull()
  await settled(() => called)
})

test('from many threads: each keeps its order', async () => {
  const heard: [number, number][] = []
  python.eval(
    'lambda f: from_threads(8, lambda n: [pybridge.post(f, n, i) for i in range(200)] and None)',
  )((thread: number, i: number) => heard.push([thread, i]))
  await settled(() => heard.length === 1600)
  for (let thread = 0; thread < 8; thread++) {
    expect(heard.filter(([from]) => from === thread).map(([, i]) => i)).toEqual(
      Array.from({ length: 200 }, (_, i) => i),
    )
  }
})

test('a request of the same thread comes after its posts, also where its owner is blocked', async () => {
  const heard: unknown[] = []
  python.exec(`
def mixed(f):
    def body(n):
        for i in range(20):
            pybridge.post(f, 'post', n, i)
            f('call', n, i)
    from_threads(4, body)
`)
  python.eval('mixed')((kind: string, thread: number, i: number) => heard.push([kind, thread, i]))
  expect(heard).toHaveLength(160)
  for (let thread = 0; thread < 4; thread++) {
    const own = heard.filter((entry) => (entry as number[])[1] === thread)
    expect(own.map((entry) => (entry as number[])[2])).toEqual(
      Array.from({ length: 40 }, (_, i) => i >> 1),
    )
    expect(own.map((entry) => (entry as string[])[0])).toEqual(
      Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 'post' : 'call')),
    )
  }
})

test('posts alone never interrupt a blocked thread', async () => {
  let called = 0
  python.exec(`
def blocked(f):
    from_threads(1, lambda n: [pybridge.post(f) for _ in range(10)])
    __import__('time').sleep(0.1)
`)
  python.eval('blocked')(() => called++)
  expect(called).toBe(0)
  await settled(() => called === 10)
})

test('values of every kind arrive, and keywords as a last object', async () => {
  let heard: unknown[] = []
  const object = python.eval('object()')
  const f = (...args: unknown[]) => {
    heard = args
  }
  python.eval(
    `lambda f, o: from_threads(1, lambda n: pybridge.post(f, 1, 'é' * 5000, 2 ** 80, b'x', [o, f], None, pybridge.undefined, a=2))`,
  )(f, object)
  await settled(() => heard.length > 0)
  expect(heard.slice(0, 4)).toEqual([1, 'é'.repeat(5000), 2n ** 80n, Buffer.from('x')])
  const [ownObject, ownFunction] = heard[4] as unknown[]
  expect(ownObject).toBe(object)
  expect(ownFunction).toBe(f)
  expect(heard.slice(5)).toEqual([null, undefined, { a: 2 }])
})

test('microtasks and process.nextTick run after each', async () => {
  const order: string[] = []
  python.eval('lambda f: from_threads(1, lambda n: [pybridge.post(f, i) for i in range(3)])')(
    (i: number) => {
      order.push(`call ${i}`)
      process.nextTick(() => order.push(`tick ${i}`))
      void Promise.resolve().then(() => order.push(`promise ${i}`))
    },
  )
  await settled(() => order.length === 9)
  const each = (names: string[]) => [0, 1, 2].map((i) => names.map((name) => `${name} ${i}`))
  if (runtime !== 'deno') expect(order).toEqual(each(['call', 'tick', 'promise']).flat())
  // Deno runs what came at once in one turn.
  else expect(order.slice(0, 3)).toEqual(each(['call']).flat())
})

test.each([
  ['nothing', 'pybridge.post()'],
  ['what is no function of JavaScript', 'pybridge.post(print)'],
  ['a JsProxy that stands for nothing', 'pybridge.post(pybridge.JsProxy())'],
])('%s: INVALID_ARGUMENT', (_, source) => {
  refusal('INVALID_ARGUMENT', () => python.eval(source))
})

describe('a function that Python drops right after the post', () => {
  test('is still called, and then freed', async () => {
    const freed = new Set<number>()
    const registry = new FinalizationRegistry((n: number) => freed.add(n))
    const heard: number[] = []
    const post = python.eval('lambda f: from_threads(1, lambda n: pybridge.post(f))')
    const drop = (i: number) => {
      const f = () => void heard.push(i)
      registry.register(f, i)
      post(f)
    }
    for (let i = 0; i < 50; i++) drop(i)
    await settled(() => heard.length === 50)
    for (let i = 0; i < 50 && freed.size < 40; i++) {
      python.eval('1')
      await sleep(2)
      global.gc?.()
    }
    expect(freed.size).toBeGreaterThanOrEqual(40)
  })

  // Served within the call are a request, and what its thread posted before, but not the others'.
  test('is called where the posts of another thread overtake its own', async () => {
    const heard: string[] = []
    python.exec(`
def overtaken(functions, f):
    posted, answered = threading.Event(), threading.Event()
    def first():
        while functions: pybridge.post(functions.pop(0))     # the last reference
        posted.set()
        answered.wait()
    def second():
        posted.wait()
        for _ in range(40): pybridge.post(f)
        f()
        answered.set()
    threads = [threading.Thread(target=body) for body in (first, second)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
`)
    python.eval('overtaken')(
      Array.from({ length: 20 }, (_, i) => () => void heard.push(`first ${i}`)),
      () => {
        heard.push('second')
        python.eval('1') // what was dropped is let go between calls
      },
    )
    global.gc?.()
    await settled(() => heard.length === 61)
    expect(heard.slice(0, 41)).toEqual(Array(41).fill('second'))
    expect(heard.slice(41)).toEqual(Array.from({ length: 20 }, (_, i) => `first ${i}`))
  })
})

describe('in a process of its own', () => {
  async function ends(body: string, expected: object) {
    const ending = await runNode(`python.start({ slowCall: 0 })\n${withCallers}\n${body}`, {
      timeout: 15_000,
    })
    expect(ending, ending.stderr).toMatchObject({ signal: null, ...expected })
    return ending
  }

  test('what it throws is an uncaught exception, and those behind it still come', async () => {
    await ends(
      `python.exec('import pybridge')
       process.on('uncaughtException', (error, origin) => console.log(error.message, origin))
       python.eval('lambda f: [pybridge.post(f, i) for i in range(3)]')((i) => {
         if (i === 1) throw new Error('thrown')
         console.log(i)
         if (i === 2) clearInterval(alive)
       })
       const alive = setInterval(() => {}, 1000)`,
      { code: 0, stdout: '0\nthrown uncaughtException\n2\n', stderr: '' },
    )
  })

  test('an exception of Python in it is uncaught as well, as a PythonError', async () => {
    await ends(
      `python.exec('import pybridge')
       process.on('uncaughtException', (error) => { console.log(error instanceof PythonError, error.type); clearInterval(alive) })
       python.eval('lambda f: in_thread(pybridge.post, f)')(() => python.eval('1 / 0'))
       const alive = setInterval(() => {}, 1000)`,
      { code: 0, stdout: 'true ZeroDivisionError\n', stderr: '' },
    )
  })

  test('arguments that JavaScript cannot take are an uncaught exception', async () => {
    await ends(
      `python.exec('import pybridge')
       process.on('uncaughtException', (error) => { console.log(error.code); clearInterval(alive) })
       python.eval('lambda f: pybridge.post(f, {float("nan"): 1, float("-nan"): 2})')(() => console.log('called'))
       const alive = setInterval(() => {}, 1000)`,
      { code: 0, stdout: 'CONVERSION\n', stderr: '' },
    )
  })

  test('without a listener the process dies of it, and says why', async () => {
    const { stderr } = await ends(
      `python.exec('import pybridge')
       python.eval('lambda f: pybridge.post(f)')(() => { throw new Error('the reason') })
       setInterval(() => {}, 1000)`,
      { code: 1 },
    )
    expect(stderr).toContain('the reason')
  })

  test('an uncaught error in a served post goes to nobody else', async () => {
    await ends(
      `python.exec(\`
import pybridge
def run(f, g):
    def body():
        pybridge.post(f)
        return g()
    return in_thread(body)
\`)
       process.on('uncaughtException', (error) => console.log('uncaught', error.message))
       console.log(python.eval('run')(() => { throw new Error('posted') }, () => 'answered'))`,
      { code: 0, stdout: 'uncaught posted\nanswered\n', stderr: '' },
    )
  })

  test('to a worker that has ended: ENDED; racing with its end: that, or it is lost', async () => {
    for (let i = 0; i < repeats; i++) {
      await ends(
        `import { isMainThread, parentPort, Worker } from 'node:worker_threads'
         if (isMainThread) {
           python.exec(\`
import pybridge
stop = threading.Event()
kept, codes = [], set()
def hammer():
    while not stop.is_set():
        try: pybridge.post(kept[0], [1], 'x' * 5000, {})
        except pybridge.BridgeError as error: codes.add(error.code)
\`)
           const made = new Worker(new URL(import.meta.url))
           made.once('message', () => {
             python.exec('threads = [threading.Thread(target=hammer) for _ in range(4)]\\nfor t in threads: t.start()')
             setTimeout(() => made.postMessage('end'), 20 + Math.random() * 20)
           })
           made.on('exit', async (code) => {
             await new Promise((resolve) => setTimeout(resolve, 30))
             python.exec('stop.set()\\nfor t in threads: join(t)')
             console.log(code, python.eval('codes == {"ENDED"}'))
           })
         } else {
           python.eval('lambda f: kept.append(f)')(() => {})
           parentPort.once('message', () => process.exit(0))
           parentPort.postMessage('ready')
         }`,
        { code: 0, stdout: '0 true\n', stderr: '' },
      )
    }
  })
})

test('keywords cross by kw from JavaScript too', async () => {
  let heard: unknown[] = []
  const post = python.eval('pybridge.post')
  post(
    (...args: unknown[]) => {
      heard = args
    },
    1,
    kw({ a: [2] }),
  )
  await settled(() => heard.length > 0)
  expect(heard).toEqual([1, { a: [2] }])
})
