// A function of JavaScript belongs to its thread: elsewhere it is refused, and nothing breaks.
import { expect, test } from 'vitest'
import { PythonError, python } from '../../lib/index.js'

python.exec(`
import threading, pybridge, concurrent.futures

def in_thread(f, *args):
    box = []
    def run():
        try:
            box.append(f(*args))
        except BaseException as error:
            box.append(error)
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return box[0]
`)
const inThread = python.eval('in_thread')

test('called on another Python thread: WRONG_THREAD', () => {
  python.exec('def ask(f):\n    e = in_thread(f)\n    return [type(e).__name__, e.code, str(e)]')
  const [type, code, text] = python.eval('ask')(() => 1)
  expect([type, code]).toEqual(['BridgeError', 'WRONG_THREAD'])
  expect(text).toMatch(
    /^a JavaScript function was called from another thread.*What to do.*\[WRONG_THREAD\]$/,
  )
})

test('the exception, raised on, arrives as a BridgeError', () => {
  const call = python.eval('lambda f: concurrent.futures.ThreadPoolExecutor(1).submit(f).result()')
  expect(() => call(() => 1)).toThrow('WRONG_THREAD')
  expect(() => call(() => 1)).not.toThrow(PythonError)
})

test('from many threads at once, while JavaScript runs', async () => {
  python.exec(`
codes = []
def hammer(f):
    for _ in range(500):
        try: f(1, [2])
        except pybridge.BridgeError as error: codes.append(error.code)
def start(f):
    global threads
    threads = [threading.Thread(target=hammer, args=(f,)) for _ in range(4)]
    for thread in threads: thread.start()
`)
  let called = 0
  python.eval('start')(() => called++)
  for (let i = 0; i < 200; i++) {
    expect(python.eval('sum([1, 2, 3])')).toBe(6)
    await new Promise((resolve) => setImmediate(resolve))
  }
  python.exec('for thread in threads: thread.join()')
  expect(called).toBe(0)
  expect(python.eval('[len(codes), set(codes)]')).toEqual([2000, new Set(['WRONG_THREAD'])])
})

test('its name and repr are empty elsewhere, and it can be dropped there', () => {
  const f = function named() {}
  expect(inThread(python.eval('lambda f: [f.__name__, repr(f)]'), f)).toEqual(['', '<JsProxy >'])
  for (let i = 0; i < 100; i++) inThread(python.eval('lambda box: box.clear()'), [() => i])
  expect(python.eval('lambda f: f.__name__')(f)).toBe('named')
})

test('Python objects made on another thread are used here', () => {
  const made = inThread(python.eval('lambda: __import__("types").SimpleNamespace(a=[1])'))
  made.a.append(2)
  expect(python.copy(made.a)).toEqual([1, 2])
})

test('an exception of another thread keeps its traceback', () => {
  python.exec('def fails(): raise ValueError("there")')
  const error = inThread(python.eval('fails')) as PythonError
  expect(error).toBeInstanceOf(PythonError)
  expect(error.frames.map((frame) => frame.name)).toEqual(['run', 'fails'])
})
