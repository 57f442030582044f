// A function of JavaScript can be called from any thread; what crosses is the same as on its own.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { BridgeError, kw, PythonError, python } from '../../lib/index.js'
import { callersFile } from '../fixtures/callers.js'
import { same } from '../fixtures/same.js'
import { refusal, thrown } from '../fixtures/thrown.js'

python.start({ slowCall: 0 })
python.exec(readFileSync(callersFile, 'utf8'))
python.exec('import pybridge, sys, traceback, types')
const inThread = python.eval('in_thread')

test('it is called, and its answer comes back', () => {
  expect(inThread((a: number, b: number) => a + b, 1, 2)).toBe(3)
  expect(inThread(() => {})).toBeNull()
  const call = python.eval(
    'lambda f: concurrent.futures.ThreadPoolExecutor(1).submit(f, 20).result()',
  )
  expect(call((n: number) => n + 1)).toBe(21)
})

test('from many threads at once, while JavaScript runs', async () => {
  python.exec(`
answers = []
def hammer(f, n):
    for i in range(100): answers.append(f(n, [i]))
def start(f):
    global threads
    threads = [threading.Thread(target=hammer, args=(f, n)) for n in range(4)]
    for thread in threads: thread.start()
`)
  let called = 0
  python.eval('start')((n: number, [i]: [number]) => {
    called++
    return 100 * n + i
  })
  while (called < 400) {
    expect(python.eval('sum([1, 2, 3])')).toBe(6)
    await new Promise((resolve) => setImmediate(resolve))
  }
  python.exec('for thread in threads: join(thread)')
  expect(python.eval('sorted(answers) == list(range(400))')).toBe(true)
})

describe('values', () => {
  const long = 'é😀x'.repeat(5000)
  const shared = [1]
  const cyclic: unknown[] = [1]
  cyclic.push(cyclic)

  test.each<[string, unknown]>([
    ['null', null],
    ['true', true],
    ['an integer', 42],
    ['a wide integer', 2 ** 50],
    ['-0', -0],
    ['NaN', Number.NaN],
    ['a big integer', -(2n ** 200n)],
    ['a string', 'é'],
    ['an empty string', ''],
    ['a long string', long],
    ['half a character', 'a\ud800'],
    ['bytes', Buffer.from([0, 255])],
    ['many bytes', Buffer.alloc(100_000, 7)],
    ['an array', [1, 'a', [2.5, null]]],
    ['an object', { a: 1, b: { c: [long] } }],
    [
      'a Map',
      new Map<unknown, unknown>([
        [1, 'a'],
        ['b', [2]],
      ]),
    ],
    ['a Set', new Set([1, 'a'])],
    ['a tuple', python.eval('(1, (2,))')],
    ['what is shared', [shared, shared, { shared }]],
    ['a cycle', cyclic],
  ])('%s there and back', (_, value) => {
    let heard: unknown
    const answer = inThread((got: unknown) => {
      heard = got
      return value
    }, value)
    expect(same(heard, value)).toBe(true)
    expect(same(answer, value)).toBe(true)
  })

  test('undefined, which is None as a result', () => {
    let heard: unknown[] = []
    const keep = (...args: unknown[]) => {
      heard = args
      return args
    }
    const give = python.eval(
      'lambda f: in_thread(f, pybridge.undefined, [pybridge.undefined], None)',
    )
    expect(give(keep)).toEqual([undefined, [undefined], null])
    expect(heard).toEqual([undefined, [undefined], null])
  })

  test('what arguments share stays shared', () => {
    const seen = python.eval('lambda f: in_thread(lambda: (lambda x: f(x, [x]))([1]))')
    expect(seen((a: unknown, [b]: [unknown]) => a === b)).toBe(true)
  })

  test('functions and objects of Python keep their identity', () => {
    const object = python.eval('types.SimpleNamespace(a=[1])')
    const f = () => {}
    const identity = python.eval(
      'lambda echo, o, f: [in_thread(echo, o) is o, in_thread(echo, f) is f]',
    )
    expect(identity((x: unknown) => x, object, f)).toEqual([true, true])
    expect(inThread((x: unknown) => x === object, object)).toBe(true)
    expect(inThread((x: unknown) => x === f, f)).toBe(true)
  })

  test('objects made on the thread are used here, and its functions are called here', () => {
    const made = inThread(python.eval('lambda: types.SimpleNamespace(a=[1])'))
    made.a.append(2)
    expect(python.copy(made.a)).toEqual([1, 2])
    expect(
      python.eval('lambda f: in_thread(lambda: f(lambda x: x + 1))')((g: (x: number) => number) =>
        g(1),
      ),
    ).toBe(2)
  })

  test('keyword arguments are a last plain object', () => {
    let heard: unknown[] = []
    const keep = (...args: unknown[]) => {
      heard = args
    }
    inThread(keep, 1, kw({ a: 2, b: [3] }))
    expect(heard).toEqual([1, { a: 2, b: [3] }])
    expect(Object.getPrototypeOf(heard[1])).toBe(Object.prototype)
  })

  test('a result that cannot cross is refused to the caller', () => {
    refusal('CONVERSION', () => inThread(() => kw({ a: 1 })))
    refusal('CONVERSION', () => inThread(() => [kw({ a: 1 })]))
    expect(inThread(() => 1)).toBe(1)
  })

  test('an argument that cannot cross never reaches the function', () => {
    let called = 0
    const give = python.eval(
      'lambda f: in_thread(f, {1: 1, True: 0, float("nan"): 1, float("-nan"): 2})',
    )
    refusal('CONVERSION', () => give(() => called++))
    expect(called).toBe(0)
  })
})

describe('errors', () => {
  test('what the function throws is raised in the thread, and comes home as itself', () => {
    const error = new TypeError('mine')
    const caught = python.eval(
      'lambda f: in_thread(lambda: [type(e).__name__ for e in [catch(f)]] + [catch(f)])',
    )
    python.exec(`
def catch(f):
    try: f()
    except BaseException as error: return error
`)
    const fails = () => {
      throw error
    }
    const [name, same] = caught(fails)
    expect(name).toBe('JsError')
    expect(same).toBe(error)
    expect(thrown(() => inThread(fails))).toBe(error)
  })

  test.each([[null], [undefined], [0], ['text'], [Object.freeze({ a: 1 })]])(
    'a thrown %o comes home',
    (value) => {
      const fails = () => {
        throw value
      }
      expect(thrown(() => inThread(fails))).toEqual(value)
    },
  )

  test('an exception of Python passes through JavaScript as the same object', () => {
    python.exec('kept = KeyError("k")\ndef fails(): raise kept')
    const isSame = python.eval('lambda f: in_thread(lambda: catch(f)) is kept')
    const fails = python.eval('fails')
    expect(isSame(() => fails())).toBe(true)
  })

  test('an exception of the thread keeps its traceback', () => {
    python.exec('def fails(): raise ValueError("there")')
    const error = thrown(() => inThread(python.eval('fails'))) as PythonError
    expect(error).toBeInstanceOf(PythonError)
    expect(error.frames.map((frame) => frame.name).slice(-2)).toEqual(['run', 'fails'])
  })

  test('the traceback of the thread shows who called, and the error where it was thrown', () => {
    python.exec(`
def calls(f):
    try: f()
    except Exception: return traceback.format_exc()
`)
    function deep() {
      throw new Error('deep down')
    }
    const text = inThread(python.eval('calls'), deep)
    expect(text).toContain('in calls')
    expect(text).toContain('deep down')
  })

  test('an error never lands in the frame that was interrupted', () => {
    python.exec(`
def interrupted(f):
    outcome = []
    def run():
        for _ in range(20): outcome.append(type(catch(f)).__name__)
        event.set()
    event = threading.Event()
    thread = threading.Thread(target=run)
    thread.start()
    waited = event.wait(20)
    join(thread)
    return [waited, set(outcome), len(outcome), sys.exc_info()[0] is None]
`)
    const fails = () => {
      throw new Error('to the caller')
    }
    expect(python.eval('interrupted')(fails)).toEqual([true, new Set(['JsError']), 20, true])
  })
})

test('its name and repr are empty elsewhere, and it can be dropped there', () => {
  const f = function named() {}
  expect(inThread(python.eval('lambda f: [f.__name__, repr(f)]'), f)).toEqual(['', '<JsProxy >'])
  for (let i = 0; i < 100; i++) inThread(python.eval('lambda box: box.clear()'), [() => i])
  expect(python.eval('lambda f: f.__name__')(f)).toBe('named')
})

test('what is not a function cannot be called', () => {
  expect(() => inThread(python.eval('pybridge.JsProxy()'))).toThrow('stands for nothing')
  const isClass = thrown(() => inThread(class A {}))
  expect(isClass).toBeInstanceOf(TypeError)
  expect(isClass).not.toBeInstanceOf(BridgeError)
})
