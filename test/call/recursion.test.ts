// Re-entrancy: JavaScript and Python call each other.
import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, test } from 'vitest'
import { BridgeError, type PyProxy, PythonError, python } from '../../lib/index.js'
import { pythons } from '../fixtures/pythons.js'
import { index, runNode } from '../fixtures/run-node.js'
import { thrown } from '../fixtures/thrown.js'

const call = python.eval('lambda f, *args: f(*args)')

afterEach(() => {
  expect(python.eval('sum(range(10))')).toBe(45)
  expect(call((x: number) => x, 5)).toBe(5)
})

test('50 levels, each with its own values', () => {
  const down = (n: number): unknown[] => (n === 0 ? [] : [n, ...(call(down, n - 1) as unknown[])])
  expect(down(50)).toEqual(Array.from({ length: 50 }, (_, i) => 50 - i))
})

test('containers that are encoded again on the way do not mix', () => {
  const down = (n: number, data: unknown[]): unknown =>
    n === 0 ? data : [n, call(down, n - 1, [...data, { n }]), data.length]
  let value = down(30, []) as unknown[]
  for (let n = 30; n > 0; n--) {
    expect(value[0]).toBe(n)
    expect(value[2]).toBe(30 - n)
    value = value[1] as unknown[]
  }
  expect(value).toHaveLength(30)
})

test('an error passes 50 levels and is the same', () => {
  const error = new Error('at the bottom')
  const down = (n: number): unknown => {
    if (n === 0) throw error
    return call(down, n - 1)
  }
  expect(thrown(() => down(50))).toBe(error)
})

/** JavaScript's own, Python's own, or ours: which one comes first depends on the stack. */
function expectExhausted(error: unknown): void {
  const isOne =
    error instanceof RangeError ||
    (error instanceof PythonError && error.is('RecursionError')) ||
    (error instanceof BridgeError && error.code === 'STACK_EXHAUSTED')
  expect(isOne, String(error)).toBe(true)
}

describe('endless recursion ends in an error that can be caught', () => {
  test('through a lambda', () => {
    const down = (): unknown => call(down)
    for (let i = 0; i < 5; i++) expectExhausted(thrown(down))
  })

  test('with containers', () => {
    const down = (...args: unknown[]): unknown => call(down, [args.length, { a: 1 }])
    for (let i = 0; i < 5; i++) expectExhausted(thrown(down))
  })

  test('through a builtin, without a frame of Python', () => {
    const down = (): unknown => python.builtins.list(python.builtins.map(down, [1]))
    for (let i = 0; i < 3; i++) expectExhausted(thrown(down))
  })

  test('through eval, the tag, a property, an item, an iteration', () => {
    python.exec(`
      class Endless:
          def __init__(self, f): self.f = f
          @property
          def value(self): return self.f()
          def __getitem__(self, i): return self.f()
          def __iter__(self): yield self.f()
          def __str__(self): return str(self.f())
    `)
    const ways: ((endless: PyProxy) => unknown)[] = [
      (endless) => endless.value,
      (endless) => endless[0],
      (endless) => [...endless],
      (endless) => String(endless),
      (endless) => python`${endless}.value`,
    ]
    for (const way of ways) {
      const endless: PyProxy = new (python.eval('Endless'))(() => way(endless))
      expectExhausted(thrown(() => way(endless)))
      expectExhausted(thrown(() => way(endless)))
    }
  })

  test('that Python catches at the bottom, and goes on', () => {
    python.exec(`
      def guard(f):
          try:
              return f()
          except Exception:
              return 'caught'
    `)
    const guard = python.eval('guard')
    const down = (): unknown => guard(down)
    expect(down()).toBe('caught')
  })

  test('that JavaScript catches at the bottom, and goes on', () => {
    const down = (): unknown => {
      try {
        return call(down)
      } catch {
        return 'caught'
      }
    }
    expect(down()).toBe('caught')
  })

  test('with a recursion limit that Python cannot reach', () => {
    const sys = python.import('sys')
    const limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000_000)
    try {
      const down = (): unknown => call(down)
      for (let i = 0; i < 3; i++) expectExhausted(thrown(down))
    } finally {
      sys.setrecursionlimit(limit)
    }
  })

  test('with a low recursion limit', () => {
    const sys = python.import('sys')
    const limit = sys.getrecursionlimit()
    sys.setrecursionlimit(100)
    try {
      const down = (): unknown => call(down)
      for (let i = 0; i < 3; i++) expectExhausted(thrown(down))
    } finally {
      sys.setrecursionlimit(limit)
    }
  })

  test('of Python alone, called here', () => {
    python.exec('def forever(): return forever()')
    const error = thrown(() => python.eval('forever')()) as PythonError
    expect(error.type).toBe('RecursionError')
    expect(error.message).toContain('maximum recursion depth')
    expect(error.stack).toContain('forever')
  })

  test('of JavaScript alone, called by Python', () => {
    const forever = (): unknown => [forever()] // a tail call never ends in JavaScriptCore
    const error = thrown(() => call(forever))
    expect(error).toBeInstanceOf(RangeError)
    python.exec(`
      def catch(f):
          try:
              f()
          except Exception as error:
              return [type(error).__name__, getattr(error, 'name', None)]
    `)
    expect(python.eval('catch')(forever)).toEqual(['JsError', 'RangeError'])
  })
})

describe.each(pythons)('in a process of its own, with %s', (executable) => {
  const body = `
    const call = python.eval('lambda f, *args: f(*args)')
    const down = (n) => call(down, n + 1)
    const names = new Set()
    const run = () => {
      for (let i = 0; i < 5; i++) {
        try { down(0) } catch (error) { names.add(error.code ?? error.type ?? error.name) }
      }
      const known = ['STACK_EXHAUSTED', 'RecursionError', 'RangeError']
      if (names.size === 0 || [...names].some((name) => !known.includes(name))) throw new Error([...names])
      if (call((x) => x, 5) !== 5) throw new Error('the next call is wrong')
      console.log('right')
    }`

  test.each([
    ['the default stack', []],
    ['a stack that V8 believes larger', ['--stack-size=3000']],
    ['a small stack', ['--stack-size=200']],
  ])('%s', async (_, flags) => {
    const ending = await runNode(`${body}; run()`, { flags, python: executable })
    expect(ending, ending.stderr).toMatchObject({ code: 0, stdout: 'right\n' })
  })

  test('with a recursion limit that Python cannot reach, and V8 cannot either', async () => {
    const source = `${body}; python.import('sys').setrecursionlimit(10 ** 6); run()`
    const ending = await runNode(source, { flags: ['--stack-size=7000'], python: executable })
    expect(ending, ending.stderr).toMatchObject({ code: 0, stdout: 'right\n' })
  })

  test.each([1, 4, 8, 64])('a worker with a stack of %d MB', async (stackSizeMb) => {
    const source = `
      import { isMainThread, Worker } from 'node:worker_threads'
      python.start()
      if (isMainThread) {
        new Worker(new URL(import.meta.url), { resourceLimits: { stackSizeMb: ${stackSizeMb} } })
      } else {
        python.import('sys').setrecursionlimit(10 ** 6)
        ${body}; run()
      }`
    const ending = await runNode(source, { python: executable })
    expect(ending, ending.stderr).toMatchObject({ code: 0, stdout: 'right\n' })
  })
})

test('while a worker recurses, this thread goes on', async () => {
  const worker = new Worker(
    `import(${JSON.stringify(index)}).then(({ python }) => {
      const call = python.eval('lambda f: f()')
      const down = () => call(down)
      for (let i = 0; i < 20; i++) { try { down() } catch {} }
      require('node:worker_threads').parentPort.postMessage('ended')
    })`,
    { eval: true },
  )
  const ended = new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject))
  for (let i = 0; i < 200; i++) expect(call((x: number) => x, i)).toBe(i)
  await expect(ended).resolves.toBe('ended')
})
