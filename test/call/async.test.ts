// fn.async(…): the same call on another thread. What a sync call gives, it gives as a promise.
import { AsyncLocalStorage } from 'node:async_hooks'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BridgeError, kw, PythonError, python, withOptions } from '../../lib/index.js'
import { binding } from '../../lib/runtime/binding.js'
import { shared, value } from '../fixtures/arbitraries.js'
import { collect } from '../fixtures/collect.js'
import { environmentWith, skipLoudly } from '../fixtures/pythons.js'
import { runNode } from '../fixtures/run-node.js'
import { defineSame, same } from '../fixtures/same.js'
import { thrown } from '../fixtures/thrown.js'

const cases = Number(process.env.PYBRIDGE_TEST_CASES ?? 1000)
const echo = python.eval('lambda value: value')
const here = python.import('threading').get_ident
defineSame()
python.exec(readFileSync(new URL('../fixtures/values.py', import.meta.url), 'utf8'))

/** Why a promise rejects. */
async function reason(promise: Promise<unknown>): Promise<unknown> {
  const nothing = Symbol('fulfilled')
  const answer = await promise.then(
    () => nothing,
    (error: unknown) => error,
  )
  if (answer === nothing) throw new Error('it was fulfilled')
  return answer
}

/** What there is to say of an error, but where it was made. */
function about(error: unknown): unknown {
  if (error instanceof PythonError) {
    const { type, module, message, frames, cause } = error
    return { type, module, message, frames, cause: cause && about(cause) }
  }
  if (error instanceof BridgeError) return { code: error.code, message: error.message }
  return error
}

describe('the callable may be', () => {
  test.each([
    ['a builtin', 'len', ['abc']],
    ['a function', 'lambda x: x + 1', [1]],
    ['a bound method', '"abc".upper', []],
    ['an unbound method', 'str.upper', ['abc']],
    ['a class', 'complex', [1, 2]],
    ['a class that is copied', 'dict', [[['a', 1]]]],
    ['a partial', '__import__("functools").partial(int, base=2)', ['101']],
    ['an instance with __call__', 'type("C", (), {"__call__": lambda self, x: x * 2})()', [4]],
    ['a static method', 'dict.fromkeys', [['a']]],
    ['a method wrapper', '(5).__add__', [1]],
  ])('%s', async (_, source, args) => {
    const fn = python.eval(source)
    const equals = python.eval('lambda a, b: (type(a), a) == (type(b), b)')
    expect(equals(await fn.async(...args), fn(...args))).toBe(true)
  })

  test('what cannot be called has no async', () => {
    for (const source of ['object()', '__import__("types").SimpleNamespace()']) {
      const object = python.eval(source)
      expect([object.async, 'async' in object]).toEqual([undefined, false])
    }
  })

  test('but one that was released: it rejects, and `async` is there all the same', async () => {
    const fn = python.eval('lambda: 1')
    const call = fn.async
    fn[Symbol.dispose]()
    for (const promise of [call(), fn.async(), withOptions(python.eval('len'), {}).async()]) {
      expect(promise).toBeInstanceOf(Promise)
      await reason(promise)
    }
    expect(await reason(fn.async())).toMatchObject({ code: 'RELEASED' })
    expect(await reason(call())).toMatchObject({ code: 'RELEASED' })
  })

  test('and async is a function, each time that it is asked for', () => {
    const len = python.builtins.len
    expect([typeof len.async, typeof len.async, 'async' in len]).toEqual([
      'function',
      'function',
      true,
    ])
  })
})

test('it runs on another thread, and the event loop goes on meanwhile', async () => {
  expect(await here.async()).not.toBe(here())
  let turns = 0
  const timer = setInterval(() => turns++, 5)
  await python.import('time').sleep.async(0.2)
  clearInterval(timer)
  expect(turns).toBeGreaterThan(3)
})

test('keyword arguments, by the same rules', async () => {
  const fn = python.eval('lambda *args, **names: [args, names]')
  expect(await fn.async(kw({ a: 1 }))).toEqual([[], { a: 1 }])
  expect(await fn.async(1, [2], kw({ a: [1], b: undefined }))).toEqual([[1, [2]], { a: [1] }])
  expect(await fn.async(1, undefined, undefined)).toEqual([[1], {}])
})

test.each(Array.from({ length: 12 }, (_, count) => count))('%d arguments', async (count) => {
  const args = python.eval('lambda *args: args')
  const scalars = Array.from({ length: count }, (_, i) => i)
  expect(await args.async(...scalars)).toEqual(scalars)
  const lists = scalars.map((i) => [i])
  expect(await args.async(...lists)).toEqual(lists)
})

describe('every value', () => {
  test('of JavaScript comes back the same as from a sync call', async () => {
    const answers = async (sent: unknown) => {
      const [direct, away] = [
        attempt(() => echo([sent])),
        await echo.async([sent]).then(...settled()),
      ]
      if (direct.error !== undefined) {
        expect(about(away.error)).toEqual(about(direct.error))
        return
      }
      expect(same(away.value, [sent])).toBe(true)
    }
    const property = fc.asyncProperty(fc.oneof(value, shared), answers)
    await fc.assert(property, { numRuns: cases / 2 })
  })

  test('as an argument of its own, where scalars are carried alone', async () => {
    const property = fc.asyncProperty(value, async (sent) => {
      if (sent === undefined) return
      const direct = attempt(() => echo(sent))
      const away = await echo.async(sent).then(...settled())
      expect(about(away.error)).toEqual(about(direct.error))
      expect(same(away.value, direct.value)).toBe(true)
    })
    await fc.assert(property, { numRuns: cases / 2 })
  })

  test('of Python is the same as from a sync call, and goes back', async () => {
    const make = python.eval('random_value')
    const isSame = python.eval(
      'lambda seed, away, direct: same(away, direct) and same(random_value(seed), away, True)',
    )
    const first = Math.floor(Math.random() * 2 ** 31)
    const seeds = Array.from({ length: cases }, (_, i) => first + i)
    const made = await Promise.all(seeds.map((seed) => make.async(seed)))
    const right = await Promise.all(seeds.map((seed, i) => isSame.async(seed, made[i], make(seed))))
    expect(
      seeds.filter((_, i) => right[i] !== true),
      'seeds of random_value that arrived changed',
    ).toEqual([])
  })

  test.each([
    ['undefined', '__import__("pybridge").undefined'],
    ['a small bigint', '__import__("pybridge").BigInt(5)'],
    ['a Map', '__import__("pybridge").Map(a=1)'],
    ['a tuple of tuples', '((1,), (1,), ())'],
    ['a frozenset', 'frozenset([1])'],
    ['text that JavaScript cannot have', '"\\ud83d\\ude00"'],
    ['an exception', 'ValueError("v")'],
    ['exceptions within', '[ValueError("v"), {"e": OSError(2, "no")}]'],
    ['a class', 'int'],
    ['a module', '__import__("sys")'],
    ['a subclass', '__import__("collections").OrderedDict(a=1)'],
  ])('such as %s', async (_, source) => {
    python.exec(`made = ${source}`)
    const fn = python.eval('lambda: made')
    const [direct, away] = [fn(), await fn.async()]
    expect(same(away, direct) || about(away) === about(direct)).toBe(true)
    expect(python.eval('lambda box: type(box[0]) is type(made)')([away])).toBe(true)
  })

  test.each([0n, -1n, 2n ** 53n - 1n, 2n ** 53n, -(2n ** 63n), 2n ** 64n, -(2n ** 200n)])(
    'such as %s, alone and in a list',
    async (sent) => {
      expect(await echo.async(sent)).toBe(echo(sent))
      expect(await echo.async([sent])).toEqual(echo([sent]))
      expect(await echo.async(sent, kw({}))).toBe(echo(sent))
    },
  )

  test('stays in Python with returns: ref', async () => {
    for (const source of ['5', '[1]', 'None', '"text"', 'ValueError("v")', 'frozenset([1])']) {
      const fn = withOptions(python.eval(`lambda: ${source}`), { returns: 'ref' })
      const ref = await fn.async()
      expect(typeof ref).toBe('object')
      expect(python.eval(`lambda v: repr(v) == repr(${source})`)(ref)).toBe(true)
    }
    const f = () => 1
    expect(await withOptions(echo, { returns: 'ref' }).async(f)).toBe(f)
  })

  test('by reference is the identical one', async () => {
    const object = python.eval('object()')
    const f = () => 1
    expect(await echo.async(object)).toBe(object)
    expect(await echo.async(f)).toBe(f)
    expect(await echo.async([object, f, { f }])).toEqual([object, f, { f }])
  })
})

type Answer = { value?: unknown; error?: unknown }

function attempt(body: () => unknown): Answer {
  try {
    return { value: body() }
  } catch (error) {
    return { error }
  }
}

function settled() {
  return [(value: unknown): Answer => ({ value }), (error: unknown): Answer => ({ error })] as const
}

describe('an error', () => {
  test.each([
    ['1 / 0', 'lambda: 1 / 0'],
    ['of a function that is deep', 'deep'],
    ['with a cause', 'caused'],
    ['SystemExit', 'exits'],
    ['KeyboardInterrupt', 'breaks'],
    ['that cannot be printed', 'unprintable'],
    ['of the call itself', 'len'],
  ])('%s is the same as of a sync call', async (_, source) => {
    python.exec(`
def deep(n=5):
    return deep(n - 1) if n else [][1]
def caused():
    try: int('x')
    except ValueError as error: raise KeyError('k') from error
def exits(): raise SystemExit(3)
def breaks(): raise KeyboardInterrupt
class Silent(Exception):
    def __str__(self): raise TypeError('no')
def unprintable(): raise Silent()
`)
    const fn = python.eval(source)
    expect(about(await reason(fn.async()))).toEqual(about(thrown(() => fn())))
  })

  test('is the identical Error for the identical exception', async () => {
    python.exec('kept = ValueError("kept")\ndef raises(): raise kept')
    const raises = python.eval('raises')
    const first = await reason(raises.async())
    expect(await reason(raises.async())).toBe(first)
    expect(thrown(() => raises())).toBe(first)
    expect((first as PythonError).value).toBe(python.eval('[kept]')[0].value)
  })

  test('of JavaScript comes back as it was thrown', async () => {
    const call = python.eval('lambda f: f()')
    for (const error of [new RangeError('mine'), null, 5, 'text', { plain: true }]) {
      const f = () => {
        throw error
      }
      expect(await reason(call.async(f))).toBe(error)
    }
  })

  test('that Python raised, thrown in a callback, is the same exception', async () => {
    python.exec('def passes(f):\n  try: f()\n  except BaseException as e: return e is kept')
    const error = python.eval('[kept]')[0]
    const f = () => {
      throw error
    }
    expect(await python.eval('passes').async(f)).toBe(true)
  })

  test.each<[string, () => unknown[]]>([
    ['keyword arguments in the wrong place', () => [[kw({ a: 1 })]]],
    ['undefined in between', () => [undefined, 1]],
    ['a Set of arrays', () => [new Set([[1]])]],
    [
      'keys that are one in Python',
      () => [
        new Map<unknown, unknown>([
          [1, 1],
          [true, 2],
        ]),
      ],
    ],
    [
      'a revoked Proxy',
      () => {
        const { proxy, revoke } = Proxy.revocable({}, {})
        revoke()
        return [proxy]
      },
    ],
    [
      'a released object',
      () => {
        const object = python.eval('object()')
        object[Symbol.dispose]()
        return [object]
      },
    ],
    [
      'an array whose accessor uses Python',
      () => {
        const array = [1]
        Object.defineProperty(array, 0, { get: () => python.eval('1'), enumerable: true })
        return [array]
      },
    ],
  ])('%s as an argument rejects as the sync call throws', async (_, args) => {
    const made = args()
    const promise = echo.async(...made)
    expect(promise).toBeInstanceOf(Promise)
    const error = await reason(promise)
    expect(about(error)).toEqual(about(thrown(() => echo(...args()))))
    expect(await echo.async([1])).toEqual([1])
  })

  test.each([
    ['-0.0 as a key', 'lambda: {-0.0: 1}'],
    ['two NaN as keys', 'lambda: {float("nan"): 1, float("nan"): 2}'],
  ])('%s in the result rejects as the sync call throws', async (_, source) => {
    const fn = python.eval(source)
    const away = await reason(fn.async())
    const direct = thrown(() => fn())
    expect(String(away)).toBe(String(direct))
    expect(about(away)).toEqual(about(direct))
    expect(await echo.async([1])).toEqual([1])
  })

  test('a result that JavaScript has no room for rejects', async () => {
    const error = await reason(python.eval('lambda: [1 << (1 << 30)]').async())
    expect(String(error)).toMatch(/^RangeError: (Maximum BigInt size exceeded|Out of memory)$/)
    expect(await echo.async([1])).toEqual([1])
  })

  test('an argument that fails in Python leaves nothing behind', async () => {
    const before = await collect()
    for (let i = 0; i < 50; i++) {
      await reason(echo.async(new Set([[i]]), python.eval('object()'), () => i))
      await reason(echo.async(() => i, Symbol('s')))
    }
    const after = await collect()
    expect([after[0] - before[0] < 5, after[1] - before[1] < 5]).toEqual([true, true])
  })
})

describe('functions of JavaScript', () => {
  test('are called while the call runs, on their own thread, in order', async () => {
    python.exec('def report(f, n):\n  return [f(i, total=n) for i in range(n)]')
    const seen: unknown[] = []
    const progress = (i: number, { total }: { total: number }) => {
      seen.push([i, total, here()])
      return i * 2
    }
    expect(await python.eval('report').async(progress, 20)).toEqual(
      Array.from({ length: 20 }, (_, i) => i * 2),
    )
    expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => [i, 20, here()]))
  })

  test('may call Python, sync and off the thread, themselves', async () => {
    const call = python.eval('lambda f: f()')
    const inner: Promise<unknown>[] = []
    const answer = await call.async(() => {
      inner.push(echo.async([1]))
      return call(() => echo({ a: [2] }))
    })
    expect([answer, ...(await Promise.all(inner))]).toEqual([{ a: [2] }, [1]])
  })

  test('64 calls at once call back, each its own', async () => {
    const call = python.eval('lambda f, i: f(i)')
    const answers = Array.from({ length: 64 }, (_, i) => call.async((n: number) => [n, i], i))
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 64 }, (_, i) => [i, i]))
  })
})

describe('many at once', () => {
  test('10,000 in flight are all answered, each with its own', async () => {
    const double = python.eval('lambda x: x * 2')
    const calls = Array.from({ length: 10_000 }, (_, i) => double.async(i % 2 ? i : [i]))
    const answers = await Promise.all(calls)
    const wrong = answers.filter((answer, i) => !same(answer, i % 2 ? i * 2 : [i, i]))
    expect(wrong).toEqual([])
  })

  // Two threads may take two calls and be scheduled in the other order.
  test('they start in the order in which they were called', async () => {
    python.exec('order = []')
    const append = python.eval('order.append')
    await Promise.all(Array.from({ length: 2000 }, (_, i) => append.async(i)))
    const order = python.eval('order') as number[]
    expect(order.length).toBe(2000)
    expect(order.filter((n, i) => Math.abs(n - i) > 32)).toEqual([])
  })

  test('one signal for many calls: Node warns of no leak', async () => {
    const { signal } = new AbortController()
    const sleep = withOptions(python.import('time').sleep, { signal })
    const warned: Error[] = []
    const listen = (warning: Error) => warned.push(warning)
    process.on('warning', listen)
    await Promise.all(Array.from({ length: 30 }, () => sleep.async(0.001)))
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', listen)
    expect(warned).toEqual([])
  })
})

test('a context of AsyncLocalStorage is kept across await', async () => {
  const storage = new AsyncLocalStorage<number>()
  const seen = await Promise.all(
    [1, 2, 3, 4].map((id) =>
      storage.run(id, async () => {
        await echo.async(id)
        const first = storage.getStore()
        await echo.async([id])
        await reason(echo.async([kw({ a: 1 })]))
        return [first, storage.getStore()]
      }),
    ),
  )
  expect(seen).toEqual([1, 2, 3, 4].map((id) => [id, id]))
})

describe('what is in flight', () => {
  const wait = python.eval(
    '(lambda time: lambda seconds, *rest: (time.sleep(seconds), rest)[1])(__import__("time"))',
  )

  test('keeps its callable, released or collected meanwhile', async () => {
    const make = python.eval(
      '(lambda time: lambda n: lambda: (time.sleep(0.05), n)[1])(__import__("time"))',
    )
    const released = make(1)
    const answer = released.async()
    released[Symbol.dispose]()
    const collected = make(2).async()
    await collect()
    expect(await Promise.all([answer, collected])).toEqual([1, 2])
    expect(await reason(released.async())).toMatchObject({ code: 'RELEASED' })
  })

  test('keeps its arguments, released meanwhile', async () => {
    const object = python.ref([1, 2])
    const answer = wait.async(0.05, object)
    object[Symbol.dispose]()
    expect(await answer).toEqual([[1, 2]])
  })

  test('lets go of everything on the thread of its environment', async () => {
    python.exec(`
import threading
freed = []
class Noisy:
    def __del__(self): freed.append(threading.get_ident())
    def method(self, *args): return 1
`)
    const Noisy = python.eval('Noisy')
    const used = new Noisy()
    const called = new Noisy().method
    const [first, second] = [wait.async(0.05, used), called.async()]
    used[Symbol.dispose]()
    called[Symbol.dispose]()
    await Promise.all([first, second])
    for (const proxy of await first) proxy[Symbol.dispose]()
    await collect()
    expect(python.eval('set(freed)')).toEqual(new Set([here()]))
  })

  test('that came home is let go before there is much of it, without a sync call', async () => {
    const take = python.eval('lambda f: None')
    const [, before] = binding.countLive()
    for (let i = 0; i < 50; i++) {
      await Promise.all(Array.from({ length: 100 }, (_, n) => take.async(() => n)))
    }
    expect(binding.countLive()[1] - before).toBeLessThan(2000)
  })
})

describe('a process', () => {
  test('stays while calls are in flight, and not longer', async () => {
    const ending = await runNode(`
      const sleep = python.import('time').sleep
      const begin = performance.now()
      sleep.async(0.3).then(() => console.log('answered'))
      process.on('exit', () => console.log(performance.now() - begin > 290))`)
    expect(ending).toMatchObject({ code: 0, stdout: 'answered\ntrue\n', stderr: '' })
    expect(ending.milliseconds).toBeLessThan(10_000)
  })

  test('does not stay for a call that was given up', async () => {
    const ending = await runNode(`
      const nap = withOptions(python.import('time').sleep, { timeout: 20 })
      const begin = performance.now()
      nap.async(20).catch((error) => console.log(error.code))
      process.on('exit', () => console.log(performance.now() - begin < 10_000))`)
    expect(ending).toMatchObject({ code: 0, stdout: 'TIMEOUT\ntrue\n', stderr: '' })
  })

  test('leaves by process.exit with calls in flight', async () => {
    const ending = await runNode(`
      const sleep = python.import('time').sleep
      for (let i = 0; i < 20; i++) sleep.async(20)
      const f = python.eval('lambda *args: args')
      for (let i = 0; i < 500; i++) f.async([i], () => i, python.eval('object()'))
      setTimeout(() => process.exit(7), 20)`)
    expect(ending).toMatchObject({ code: 7, signal: null, stdout: '', stderr: '' })
    expect(ending.milliseconds).toBeLessThan(10_000)
  })

  test('ends by an unhandled rejection as with any promise', async () => {
    const ending = await runNode(`python.eval('lambda: 1 / 0').async()`)
    expect(ending.code).toBe(1)
    expect(ending.stderr).toMatch(/(ZeroDivisionError|PythonError): division by zero/) // Bun prints no stack
  })
})

test('a worker ends with calls in flight: the next one works, and nothing is kept', async () => {
  const ending = await runNode(`
    import { isMainThread, parentPort, Worker } from 'node:worker_threads'
    if (isMainThread) {
      python.exec(\`
import time, weakref
class Big: pass
alive = weakref.WeakSet()
def made():
    big = Big()
    alive.add(big)
    return big
def hold(seconds, *args):
    time.sleep(seconds)
    return args
def maker(): 
    big = made()
    return lambda seconds, *args: hold(seconds, big, *args)
\`)
      const run = async () => {
        for (let i = 0; i < 5; i++) {
          const worker = new Worker(new URL(import.meta.url))
          await new Promise((resolve) => worker.once('message', resolve))
          await worker.terminate()
        }
        await new Promise((resolve) => setTimeout(resolve, 600))
        python.import('gc').collect()
        console.log(python.eval('len(alive)'), await python.eval('lambda: 6 * 7').async())
      }
      run()
    } else {
      const hold = python.eval('hold'), make = python.eval('made')
      for (let i = 0; i < 10; i++) hold.async(0.2, make(), () => i)
      python.eval('maker')().async(0.2, [make()])
      const quick = python.eval('maker')()
      for (let i = 0; i < 50; i++) quick.async(0, make(), () => i)
      const until = Date.now() + 100
      parentPort.postMessage('ready')
      while (Date.now() < until); // answers wait, unheard
    }`)
  expect(ending).toMatchObject({ code: 0, signal: null, stdout: '0 42\n', stderr: '' })
})

describe('in Python', () => {
  test('threading.local is one for each thread', async () => {
    python.exec(`
import threading
local = threading.local()
def count():
    local.n = getattr(local, 'n', 0) + 1
    return [threading.get_ident(), local.n]
`)
    const count = python.eval('count')
    const seen = new Map<number, number>()
    for (let i = 0; i < 100; i++) {
      const [thread, n] = await count.async()
      expect(n).toBe((seen.get(thread) ?? 0) + 1)
      seen.set(thread, n)
    }
  })

  test('asyncio.run works', async () => {
    python.exec(`
import asyncio
async def work(n):
    await asyncio.sleep(0.01)
    return [x async for x in numbers(n)]
async def numbers(n):
    for i in range(n): yield i
def run(n): return asyncio.run(work(n))
`)
    const run = python.eval('run')
    expect(await Promise.all([1, 2, 3].map((n) => run.async(n)))).toEqual([[0], [0, 1], [0, 1, 2]])
  })

  test('sqlite3 works, its objects made and used within one call', async () => {
    python.exec(`
import sqlite3
def query(n):
    with sqlite3.connect(':memory:') as connection:
        connection.execute('create table t (a)')
        connection.executemany('insert into t values (?)', [(i,) for i in range(n)])
        rows = [tuple(row) for row in connection.execute('select a, a * 2 from t')]
    connection.close()
    return rows
`)
    expect(await python.eval('query').async(3)).toEqual([
      [0, 0],
      [1, 2],
      [2, 4],
    ])
  })

  test('warnings, stdout and contextvars work', async () => {
    python.exec(`
import contextvars
var = contextvars.ContextVar('var', default=0)
def set_var():
    before = var.get()
    var.set(before + 1)
    return before
def within(): return contextvars.copy_context().run(set_var)
`)
    expect(await Promise.all([1, 2, 3].map(() => python.eval('within').async()))).toEqual([0, 0, 0])
  })

  const venv = environmentWith('numpy', 'pandas')
  if (venv === undefined) skipLoudly('numpy and pandas', 'they are not installed')
  else {
    test('numpy and pandas work, many at once', async () => {
      const ending = await runNode(
        `python.exec(\`
import numpy, pandas
def sums(n): return float(numpy.arange(n, dtype=float).reshape(2, -1).sum())
def frame(n): return pandas.DataFrame({'a': range(n), 'b': ['x', 'y'] * (n // 2)}).groupby('b').a.sum().to_dict()
\`)
        const [sums, frame] = [python.eval('sums'), python.eval('frame')]
        const all = await Promise.all(Array.from({ length: 40 }, (_, i) => i % 2 ? sums.async(100_000) : frame.async(1000)))
        for (const sum of new Set(all.map((v) => JSON.stringify(v)))) console.log(sum)`,
        { python: venv },
      )
      expect(ending.stdout).toContain(`{"x":249500,"y":250000}\n`)
      expect(ending.stdout).toContain(`4999950000\n`)
      expect(ending).toMatchObject({ code: 0, stderr: '' })
    })
  }
})
