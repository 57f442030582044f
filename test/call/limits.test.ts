import { getEventListeners } from 'node:events'
import { beforeAll, describe, expect, test } from 'vitest'
import { BridgeError, PythonError, python, withOptions } from '../../lib/index.js'
import { repeats } from '../fixtures/pythons.js'
import { thrown } from '../fixtures/thrown.js'

/** A callable of Python with limits. */
// biome-ignore lint/suspicious/noExplicitAny: whatever Python has.
type Callable = any

let endless: Callable
let sleep: Callable
let call: Callable
let length: Callable
beforeAll(() => {
  python.start({ slowCall: 0 })
  python.exec(`
import ctypes, os, signal, sys, threading, time
libc = ctypes.CDLL(None)
ended = []
def endless():
    while True: pass
def wait_for_lock():
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
def finally_ends(body):
    ended.clear()
    try:
        body()
    finally:
        for _ in range(1000): pass
        ended.append('finally')
def swallow(seconds):
    try:
        time.sleep(30)
    except BaseException:
        time.sleep(seconds)
    return 'swallowed'
def ignores(seconds):
    "Computes in C and looks at nothing."
    import hashlib
    end = time.monotonic() + seconds
    rounds = 1000
    while True:
        begin = time.monotonic()
        hashlib.pbkdf2_hmac('sha256', b'a', b'b', rounds)
        took = time.monotonic() - begin
        if took > seconds: return rounds
        rounds = int(rounds * max(2, 1.2 * seconds / max(took, 1e-6)))
def tell(after):
    def send():
        time.sleep(after)
        os.kill(os.getpid(), signal.SIGINT)
    threading.Thread(target=send, daemon=True).start()
`)
  ;[endless, sleep, call, length] = python.eval('[endless, time.sleep, lambda f: f(), len]')
})

const limited = (callable: Callable, options: object) => withOptions(callable, options) as Callable

/** Nothing of an interrupt is left over. */
function ordinary(count = 1000) {
  const sum = python.eval('lambda n: sum(range(n))')
  for (let i = 0; i < count; i++) {
    if (length('abc') !== 3 || (i % 10 === 0 && sum(100) !== 4950)) throw new Error('wrong')
  }
}

function isTimeout(error: unknown, milliseconds: number): string {
  expect(error, String((error as Error).stack)).toBeInstanceOf(BridgeError)
  const { code, message } = error as BridgeError
  expect(code, message).toBe('TIMEOUT')
  expect(message).toMatch(`${milliseconds} ms are over`)
  return message
}

/** What the body throws, in less than ten seconds. */
function soon(body: () => unknown): unknown {
  const began = performance.now()
  const error = thrown(body)
  expect(performance.now() - began).toBeLessThan(10_000)
  return error
}

async function rejected(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('it was fulfilled')
    },
    (error: unknown) => error,
  )
}

const places: [string, string][] = [
  ['an endless loop', 'endless'],
  ['sleep', 'lambda: time.sleep(30)'],
  ['a lock', 'wait_for_lock'],
  ['a queue', 'lambda: __import__("queue").Queue().get()'],
  ['select', 'lambda: __import__("select").select([], [], [], 30)'],
  ['Python that calls Python in C', 'lambda: max(iter(lambda: 0, 1))'],
]

describe('a timeout of a sync call', () => {
  test.each(places)('ends %s, and `finally` runs', (_, source) => {
    const run = limited(python.eval('finally_ends'), { timeout: 40 })
    isTimeout(
      soon(() => run(python.eval(source))),
      40,
    )
    expect(python.eval('list(ended)')).toEqual(['finally'])
    ordinary()
  })

  test('waits for C code that looks at nothing, and says so', () => {
    const rounds = python.eval('ignores(0.5)')
    python.eval('globals().__setitem__')('rounds', rounds)
    const hash = python.eval(
      "lambda: __import__('hashlib').pbkdf2_hmac('sha256', b'a', b'b', rounds)",
    )
    const message = isTimeout(
      soon(() => limited(hash, { timeout: 20 })()),
      20,
    )
    expect(message).toMatch(/it could be interrupted only \d+ ms later/)
    ordinary()
  })

  test('ends a system call of C code', () => {
    const poll = python.eval('lambda: libc.poll(None, 0, 30000)')
    isTimeout(
      soon(() => limited(poll, { timeout: 30 })()),
      30,
    )
    ordinary()
  })

  test('holds although Python swallows the interrupt', () => {
    const swallow = limited(python.eval('swallow'), { timeout: 30 })
    const message = isTimeout(
      soon(() => swallow(0.2)),
      30,
    )
    expect(message).toMatch('it could be interrupted only')
    ordinary()
  })

  test('ends a call that fails on its own with its own error, if it is in time', () => {
    const fail = limited(python.eval('lambda: 1 / 0'), { timeout: 10_000 })
    expect(thrown(fail)).toMatchObject({ type: 'ZeroDivisionError' })
    expect(limited(length, { timeout: 10_000 })('abc')).toBe(3)
    ordinary()
  })

  test('of 0 ms is over at once', () => {
    isTimeout(
      soon(() => limited(sleep, { timeout: 0 })(30)),
      0,
    )
    ordinary()
  })

  test('is Interrupted in Python, which no `except Exception` catches', () => {
    const source = `
def tell_what():
    try:
        time.sleep(30)
    except Exception:
        return 'caught'
    except BaseException as error:
        ended.append(type(error).__name__)
        raise
`
    python.exec(source)
    isTimeout(
      soon(() => limited(python.eval('tell_what'), { timeout: 20 })()),
      20,
    )
    expect(python.eval('ended[-1]')).toBe('Interrupted')
  })

  test('reached in a callback ends the call when that returns', () => {
    const busy = () => {
      const end = performance.now() + 100
      while (performance.now() < end) {}
    }
    const source = 'lambda f: (f(), time.sleep(30))'
    isTimeout(
      soon(() => limited(python.eval(source), { timeout: 30 })(busy)),
      30,
    )
    ordinary()
  })

  test.each([
    ['outer one is shorter', 40, 10_000],
    ['inner one is shorter, and its error goes on', 10_000, 40],
  ])('within another: the %s', (_, outer, inner) => {
    const run = limited(call, { timeout: outer })
    const error = soon(() => run(() => limited(sleep, { timeout: inner })(30)))
    isTimeout(error, Math.min(outer, inner))
    ordinary()
  })

  test('within another: the inner one is caught, the outer one holds', () => {
    const order: unknown[] = []
    const run = limited(python.eval('lambda f: (f(), time.sleep(30))'), { timeout: 150 })
    const error = soon(() =>
      run(() => {
        order.push((thrown(() => limited(sleep, { timeout: 20 })(30)) as BridgeError).code)
        ordinary(10)
      }),
    )
    isTimeout(error, 150)
    expect(order).toEqual(['TIMEOUT'])
    ordinary()
  })

  test('within another, both are reached at once: what ends the inner call ends the outer one too', () => {
    for (let i = 0; i < repeats * 4; i++) {
      const run = limited(python.eval('lambda f: (f(), time.sleep(30))'), { timeout: 20 })
      const inner = limited(sleep, { timeout: 18 + (i % 3) })
      isTimeout(
        soon(() =>
          run(() => {
            try {
              inner(30)
            } catch {}
          }),
        ),
        20,
      )
      ordinary(100)
    }
  })

  test('is not lost where JavaScript catches what it raised in a call from a callback', () => {
    const run = limited(python.eval('lambda f: (f(), time.sleep(30))'), { timeout: 20 })
    const caught: unknown[] = []
    const error = soon(() => run(() => caught.push((thrown(() => sleep(30)) as PythonError).type)))
    isTimeout(error, 20)
    expect(caught).toEqual(['Interrupted'])
    ordinary()
  })

  test('raises once: a callback in `finally` is left alone', () => {
    python.exec(`
def cleans_up(f):
    ended.clear()
    try:
        time.sleep(30)
    finally:
        f()
        for _ in range(1000): pass
        ended.append('finally')
`)
    const run = limited(python.eval('cleans_up'), { timeout: 20 })
    isTimeout(
      soon(() => run(() => python.eval('len')('abc'))),
      20,
    )
    expect(python.eval('list(ended)')).toEqual(['finally'])
  })

  test('reached while another one around it was reached in JavaScript', () => {
    const run = limited(python.eval('lambda f: (f(), time.sleep(30))'), { timeout: 20 })
    const error = soon(() =>
      run(() => {
        const end = performance.now() + 60
        while (performance.now() < end) {}
        thrown(() => limited(sleep, { timeout: 0 })(30))
      }),
    )
    isTimeout(error, 20)
    ordinary()
  })

  test('just at the end never hits the next call', () => {
    const spin = python.eval(
      `lambda s: [None for _ in iter(lambda e=time.monotonic() + s: time.monotonic() < e, False)] and None`,
    )
    let late = 0
    for (let i = 0; i < repeats * 20; i++) {
      const seconds = (4 + (Math.random() - 0.5)) / 1000
      const body = i % 2 === 0 ? sleep : spin
      try {
        limited(body, { timeout: 4 })(seconds)
      } catch (error) {
        isTimeout(error, 4)
        late++
      }
      ordinary()
    }
    console.log(`limits at the end: ${late} of ${repeats * 20} calls were late`)
  })

  test('and Ctrl-C end the call once', async () => {
    let heard = 0
    const hear = () => {
      heard++
    }
    process.on('SIGINT', hear)
    try {
      for (let i = 0; i < repeats; i++) {
        python.eval('tell')(0.03)
        const error = soon(() => limited(sleep, { timeout: 30 })(30))
        if (error instanceof PythonError) expect(error.type).toBe('KeyboardInterrupt')
        else isTimeout(error, 30)
        // Both sides are told on their own: that Node has heard it does not say that Python has.
        while (heard <= i) await new Promise((resolve) => setTimeout(resolve, 100))
        await new Promise((resolve) => setTimeout(resolve, 100))
        ordinary()
      }
    } finally {
      process.off('SIGINT', hear)
    }
  })
})

describe('an AbortSignal of a sync call', () => {
  test('that is aborted already: the call does not begin', () => {
    const reason = { any: 'value' }
    python.exec('ended.clear()')
    const push = limited(python.eval('ended.append'), { signal: AbortSignal.abort(reason) })
    expect(thrown(() => push(1))).toBe(reason)
    expect(python.eval('len(ended)')).toBe(0)
  })

  test.each([
    ['an object', { a: 1 }],
    ['an error', new Error('reason')],
    ['a string', 'text'],
    ['undefined, which is an AbortError', undefined],
  ])('that is aborted in a callback ends it with the reason: %s', (_, reason) => {
    const controller = new AbortController()
    const run = limited(python.eval('lambda f: (f(), endless())'), { signal: controller.signal })
    const error = soon(() => run(() => controller.abort(reason)))
    expect(error).toBe(controller.signal.reason)
    if (reason !== undefined) expect(error).toBe(reason)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    ordinary()
  })

  test('and a timeout: whichever comes first', () => {
    const { signal } = new AbortController()
    isTimeout(
      soon(() => limited(sleep, { timeout: 20, signal })(30)),
      20,
    )
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  test('of several ends it, whichever aborts', () => {
    const [a, b] = [new AbortController(), new AbortController()]
    const signal = AbortSignal.any([a.signal, b.signal])
    const run = limited(python.eval('lambda f: (f(), endless())'), { signal })
    expect(soon(() => run(() => b.abort('b')))).toBe('b')
    ordinary()
  })

  test('leaves no listener after a call that succeeds or fails', () => {
    const { signal } = new AbortController()
    expect(limited(length, { signal })('abc')).toBe(3)
    thrown(() => limited(length, { signal })(1))
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})

describe('off this thread', () => {
  test.each(places)('a timeout ends %s', async (name, source) => {
    const run = limited(python.eval('finally_ends'), { timeout: 40 })
    const isBlocked = !name.includes('loop') && !name.includes('Python')
    const began = performance.now()
    const message = isTimeout(await rejected(run.async(python.eval(source))), 40)
    expect(performance.now() - began).toBeLessThan(10_000)
    expect(message.includes('another thread has taken its place')).toBe(isBlocked)
    if (!isBlocked) expect(python.eval('list(ended)')).toEqual(['finally'])
    expect(await length.async('abc')).toBe(3)
    ordinary(100)
  })

  test('a signal that is aborted already rejects with its reason', async () => {
    const reason = {}
    const run = limited(length, { signal: AbortSignal.abort(reason) })
    expect(await rejected(run.async('abc'))).toBe(reason)
  })

  test('a signal that aborts interrupts the call, and keeps the reason', async () => {
    const controller = new AbortController()
    const promise = limited(endless, { signal: controller.signal }).async()
    await new Promise((resolve) => setTimeout(resolve, 30))
    const reason = new Error('enough')
    controller.abort(reason)
    expect(await rejected(promise)).toBe(reason)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    ordinary(100)
  })

  test('AbortSignal.timeout gives its own error', async () => {
    const run = limited(endless, { signal: AbortSignal.timeout(20) })
    expect(await rejected(run.async())).toMatchObject({ name: 'TimeoutError' })
  })

  test('AbortSignal.any ends it with the reason of the one that aborts', async () => {
    const controller = new AbortController()
    const signal = AbortSignal.any([AbortSignal.timeout(20_000), controller.signal])
    const promise = limited(endless, { signal }).async()
    setTimeout(() => controller.abort('mine'), 20)
    expect(await rejected(promise)).toBe('mine')
  })

  test('calls that have not begun are cancelled, and never run', async () => {
    python.exec('ended.clear()\nhold = threading.Event()')
    const holding = Array.from({ length: 40 }, () => python.eval('hold.wait').async(20))
    const controller = new AbortController()
    const push = limited(python.eval('ended.append'), { signal: controller.signal })
    const queued = Array.from({ length: 10 }, (_, i) => rejected(push.async(i)))
    controller.abort('cancelled')
    expect(await Promise.all(queued)).toEqual(Array(10).fill('cancelled'))
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    python.eval('hold.set')()
    await Promise.all(holding)
    expect(python.eval('len(ended)')).toBe(0)
    expect(await length.async('abc')).toBe(3)
  })

  test('results in time and listeners afterwards are as without limits', async () => {
    const { signal } = new AbortController()
    const run = limited(length, { timeout: 10_000, signal })
    expect(await run.async('abc')).toBe(3)
    expect(await rejected(run.async(1))).toMatchObject({ type: 'TypeError' })
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  test('late results are ignored, and never hit the next call', async () => {
    let late = 0
    for (let i = 0; i < repeats * 10; i++) {
      const seconds = (4 + (Math.random() - 0.5)) / 1000
      try {
        await limited(sleep, { timeout: 4 }).async(seconds)
      } catch (error) {
        isTimeout(error, 4)
        late++
      }
      const calls = Array.from({ length: 20 }, (_, n) => length.async('x'.repeat(n)))
      expect(await Promise.all(calls)).toEqual(Array.from({ length: 20 }, (_, n) => n))
    }
    console.log(`limits at the end, off the thread: ${late} of ${repeats * 10} calls were late`)
  })
})

test('interrupted at any moment, imports succeed the next time', {
  timeout: 60_000 + repeats * 4000,
}, () => {
  const attempt = python.eval(`lambda: (
      [sys.modules.pop(m) for m in list(sys.modules) if m.split('.')[0] in ('json', 'wsgiref', 'xml', 'email')],
      [__import__(m) for m in ('json.decoder', 'wsgiref.handlers', 'xml.dom.minidom', 'email.mime.text')],
    ) and None`)
  // On another thread, which would wait for a lock that is held for ever.
  const everything = python.eval(`lambda: [__import__(m).__name__ for m in
    ('json.decoder', 'wsgiref.handlers', 'xml.dom.minidom', 'email.mime.text')]`)
  python.exec(`
def elsewhere(body):
    said = []
    thread = threading.Thread(target=lambda: said.append(body()), daemon=True)
    thread.start()
    thread.join(10)
    return said
`)
  const elsewhere = python.eval('elsewhere')
  let interrupted = 0
  for (let i = 0; i < repeats * 20; i++) {
    const pause = Math.random() * 10
    const run = limited(attempt, { timeout: Math.round(pause) })
    try {
      run()
    } catch (error) {
      expect((error as BridgeError).code, String(error)).toBe('TIMEOUT')
      interrupted++
    }
    const expected = ['json', 'wsgiref', 'xml', 'email']
    expect(elsewhere(everything)).toEqual([expected])
  }
  console.log(`imports: ${interrupted} of ${repeats * 20} were interrupted`)
})
