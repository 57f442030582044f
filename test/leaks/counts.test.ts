import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { BridgeError, kw, PythonError, python, withOptions } from '../../lib/index.js'
import { binding } from '../../lib/runtime/binding.js'
import { crossings, PYTHON } from './crossings.js'

const names = ['python', 'kw', 'withOptions', 'inspect', 'thing']

/** Compiled here, so that only what the source names can hold anything. */
function compile(once: string, body: string): (times: number) => void {
  const source = `${once}\nreturn (times) => { for (let i = 0; i < times; i++) { ${body} } }`
  return new Function(...names, source)(python, kw, withOptions, inspect, python.eval('Thing()'))
}

/** A collector needs a few turns until nothing dies any more. */
async function settle(): Promise<void> {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 1))
    binding.sweep()
  }
  python.exec('gc.collect()')
  binding.sweep()
}

python.exec(PYTHON)
expect(globalThis.gc, 'the tests of leaks need --expose-gc').toBeTypeOf('function')

describe('nothing is left of', () => {
  test.each(crossings)('%s', async (_, once, body) => {
    const cross = compile(once, body)
    cross(3) // what is made at the first use, and kept
    await settle()
    const [pythonBefore, javascriptBefore] = binding.countLive()
    cross(500)
    await settle()
    const [pythonAfter, javascriptAfter] = binding.countLive()
    expect(javascriptAfter - javascriptBefore).toBe(0)
    // A register of V8's may keep one or two; a leak would count 500.
    expect(Math.abs(pythonAfter - pythonBefore)).toBeLessThan(5)
  })
})

describe('reference counts stay as they were after', () => {
  python.exec('probes = []')
  const count = python.eval('lambda: [sys.getrefcount(probe) for probe in probes]')
  python.exec('probes += [None, True, Thing, kept, int, object(), "a text of its own"]')

  test.each(crossings)('%s', async (_, once, body) => {
    const cross = compile(once, body)
    cross(3)
    await settle()
    const before = count()
    cross(500)
    await settle()
    const grown = count().map((now: number, i: number) => now - before[i])
    // None, True and int are used by everybody; a leak would count 500.
    for (const each of grown) expect(Math.abs(each)).toBeLessThan(250)
  })
})

describe('what is dropped dies:', () => {
  test('a Python object that JavaScript had', async () => {
    python.exec('watched = Thing(); alive = weakref.ref(watched)')
    let proxy: unknown = python.eval('watched')
    python.exec('del watched')
    await settle()
    expect(python.eval('alive() is None')).toBe(false)
    expect(proxy).toBeDefined()
    proxy = undefined
    await settle()
    expect(python.eval('alive() is None')).toBe(true)
  })

  test('a Python object whose proxy was given back, at once', () => {
    python.exec('watched = Thing(); alive = weakref.ref(watched)')
    const proxy = python.eval('watched')
    python.exec('del watched')
    proxy[Symbol.dispose]()
    expect(python.eval('alive() is None')).toBe(true)
  })

  test('a function that Python had', async () => {
    const keep = python.eval('lambda f: kept.append(f)')
    const give = (i: number) => {
      const made = () => i
      keep(made)
      return new WeakRef(made)
    }
    const weak = Array.from({ length: 100 }, (_, i) => give(i))
    const countAlive = () => weak.filter((each) => each.deref() !== undefined).length
    await settle()
    expect(countAlive()).toBe(100)
    python.exec('kept.clear()')
    await settle()
    await settle()
    expect(countAlive()).toBe(0)
  })

  test('a function that Python dropped on another thread', async () => {
    let f: (() => number) | undefined = () => 1
    const weak = new WeakRef(f)
    python.eval('lambda f: kept.append(f)')(f)
    f = undefined
    python.exec(`
      import threading
      thread = threading.Thread(target=kept.clear)
      thread.start()
      thread.join()
      del thread
    `)
    await settle()
    await settle()
    expect(weak.deref()).toBeUndefined()
  })

  test('what a PythonError held: the frames and their locals', async () => {
    python.exec(`
      def fail():
          local = Thing()
          global alive
          alive = weakref.ref(local)
          raise ValueError('x')
    `)
    let error: unknown
    try {
      python.eval('fail()')
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(PythonError)
    expect((error as PythonError).stack).toContain('fail')
    expect(python.eval('alive() is None')).toBe(false)
    error = undefined
    await settle()
    await settle()
    expect(python.eval('alive() is None')).toBe(true)
  })

  test('what a JavaScript error held, that Python caught', async () => {
    let thrown: Error | undefined = new BridgeError('CONVERSION')
    const weak = new WeakRef(thrown)
    python.exec(`
      def attempt(f):
          try: f()
          except Exception: pass
    `)
    python.eval('attempt')(() => {
      throw thrown
    })
    thrown = undefined
    await settle()
    await settle()
    expect(weak.deref()).toBeUndefined()
  })

  test('arguments that were refused in the middle', async () => {
    let big: object | undefined = { a: [1, 2, 3], f: () => 1 }
    const weak = new WeakRef(big)
    const echo = python.eval('lambda *a: a')
    expect(() => echo(big, [kw({ a: 1 })])).toThrow(BridgeError)
    big = undefined
    await settle()
    expect(weak.deref()).toBeUndefined()
  })
})

test('proxies that die while nothing else happens are noticed', async () => {
  const before = binding.countLive()[0]
  for (let i = 0; i < 5000; i++) python.builtins.object()
  expect(binding.countLive()[0]).toBeGreaterThan(before + 1000)
  for (let i = 0; i < 50 && binding.countLive()[0] > before + 100; i++) {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 20)) // no call of ours: the collector tells
  }
  expect(binding.countLive()[0]).toBeLessThan(before + 100)
})
