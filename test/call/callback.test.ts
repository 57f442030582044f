// Python calls JavaScript.
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { kw, type PyProxy, PythonError, python } from '../../lib/index.js'
import { skipLoudly } from '../fixtures/pythons.js'
import { refusal, thrown } from '../fixtures/thrown.js'

const pythonVersion = Number(python.version.split('.')[1])
const call = python.eval('lambda f, *args, **kwargs: f(*args, **kwargs)')

python.exec('import functools, threading, weakref, pybridge')

describe('a function is used as', () => {
  test('key=', () => {
    expect(
      python.builtins.sorted(['bb', 'a', 'ccc'], kw({ key: (s: string) => -s.length })),
    ).toEqual(['ccc', 'bb', 'a'])
    expect(python`max(${[1, -5, 3]}, key=${(x: number) => Math.abs(x)})`).toBe(-5)
  })

  test('map, filter, reduce', () => {
    expect(python`list(map(${(x: number) => x * 2}, [1, 2, 3]))`).toEqual([2, 4, 6])
    expect(python`list(filter(${(x: number) => x > 1}, [1, 2, 3]))`).toEqual([2, 3])
    expect(python`functools.reduce(${(a: number, b: number) => a + b}, range(10))`).toBe(45)
  })

  test('functools.partial, and cmp_to_key', () => {
    const f = (...args: unknown[]) => args
    expect(python`functools.partial(${f}, 1, a=2)(3, b=4)`).toEqual([1, 3, { a: 2, b: 4 }])
    expect(
      python`sorted([3, 1, 2], key=functools.cmp_to_key(${(a: number, b: number) => b - a}))`,
    ).toEqual([3, 2, 1])
  })

  test('a decorator', () => {
    const twice = (f: PyProxy) => (x: number) => f(f(x))
    const decorated = python`
      @${twice}
      def add(x): return x + 1
      add
    `
    expect(decorated(1)).toBe(3)
  })

  test('functools.wraps and lru_cache', () => {
    const f = vi.fn((x: number) => x + 1)
    const cached = python`functools.lru_cache(None)(${f})`
    expect([cached(1), cached(1), cached(2)]).toEqual([2, 2, 3])
    expect(f).toHaveBeenCalledTimes(2)
  })

  test('a method, which does not get self', () => {
    const seen: unknown[] = []
    const C = python`
      class C: pass
      C.f = ${(...args: unknown[]) => void seen.push(args)}
      C
    `
    new C().f(1)
    expect(seen).toEqual([[1]])
  })

  test('a default factory, a hook, a re.sub function', () => {
    expect(
      python`__import__('re').sub('[0-9]+', ${(m: PyProxy) => `<${m.group()}>`}, 'a1b22')`,
    ).toBe('a<1>b<22>')
    expect(
      python`__import__('json').loads('{"a": {"b": 1}}', object_hook=${(o: object) => Object.keys(o)})`,
    ).toEqual(['a'])
    expect(python`
      d = __import__('collections').defaultdict(${() => 5})
      d['x'] + 1
    `).toBe(6)
  })
})

test('stored, and called in a later call', () => {
  let count = 0
  python.import('__main__').kept = () => ++count
  expect(python.eval('kept()')).toBe(1)
  expect(python.eval('[kept(), kept()]')).toEqual([2, 3])
  python.exec('del kept')
  expect(count).toBe(3)
})

describe('arguments', () => {
  const seen = (source: string) => {
    let heard: unknown[] = []
    python.eval(`lambda f: f(${source})`)((...args: unknown[]) => {
      heard = args
    })
    return heard
  }

  test.each<[string, unknown[]]>([
    ['', []],
    ['1, "a", None, True, 1.5, b"x"', [1, 'a', null, true, 1.5, Buffer.from('x')]],
    ['[1], {"a": 1}, (1,)', [[1], { a: 1 }, [1]]],
    ['2 ** 70', [2n ** 70n]],
    ['a=1', [{ a: 1 }]],
    ['1, b=2, a=[3]', [1, { b: 2, a: [3] }]],
    ['[1], b=2', [[1], { b: 2 }]],
    ['**{}', []],
    [
      '**{"__proto__": 1, "a b": 2}',
      [
        Object.fromEntries([
          ['__proto__', 1],
          ['a b', 2],
        ]),
      ],
    ],
    ['*range(30)', Array.from({ length: 30 }, (_, i) => i)],
    ['*range(30), k=1', [...Array.from({ length: 30 }, (_, i) => i), { k: 1 }]],
    ['pybridge.undefined', [undefined]],
  ])('f(%s)', (source, args) => {
    expect(seen(source)).toEqual(args)
  })

  test('keyword arguments are a plain object', () => {
    const [keywords] = seen('a=1') as [object]
    expect(Object.getPrototypeOf(keywords)).toBe(Object.prototype)
  })

  test('what they share stays shared', () => {
    const [a, b, c] = seen('*(lambda x: (x, [x], x))([1])') as [unknown, unknown[], unknown]
    expect(a).toBe(b[0])
    expect(a).toBe(c)
  })

  test('objects are references, which come home', () => {
    const object = python.eval('object()')
    expect(call((x: unknown) => x === object, object)).toBe(true)
    expect(call((x: unknown) => x, object)).toBe(object)
  })

  test('what cannot cross never reaches the function', () => {
    const f = vi.fn()
    expect(
      refusal('CONVERSION', () =>
        python.eval(
          'lambda f: f({1: 1, True: [], 1.5: float("nan"), float("nan"): 1, float("nan"): 2})',
        )(f),
      ),
    ).toContain('two keys')
    expect(f).not.toHaveBeenCalled()
  })
})

describe('results', () => {
  const result = (value: unknown) => python.eval('lambda f: repr(f())')(() => value)

  test.each<[unknown, string]>([
    [undefined, 'None'],
    [null, 'None'],
    [1, '1'],
    ['a', "'a'"],
    [[1, { a: 2 }], "[1, {'a': 2}]"],
    [-0, '-0.0'],
    [2n ** 70n, String(2n ** 70n)],
    [true, 'True'],
  ])('%o is %s', (value, repr) => {
    expect(result(value)).toBe(repr)
  })

  test.each<[string, unknown]>([
    ['a Promise', Promise.resolve(1)],
    ['what an async function returns', (async () => {})()],
    ['a symbol', Symbol('s')],
    ['an array with a hole', Array(2)],
    ['a foreign Proxy', new Proxy({}, {})],
  ])('%s keeps its identity', (_, value) => {
    expect(call(() => value)).toBe(value)
  })

  test('keyword arguments are no result', () => {
    refusal('CONVERSION', () => call(() => kw({ a: 1 })))
  })

  test('this is undefined', () => {
    expect(
      call(function (this: unknown) {
        return this === undefined
      }),
    ).toBe(true)
  })

  test('a class cannot be called without new, as in JavaScript', () => {
    expect(thrown(() => call(class A {}))).toBeInstanceOf(TypeError)
  })
})

describe('the JsProxy', () => {
  const f = function named() {}

  test('is the same on every crossing', () => {
    expect(python.eval('lambda a, b: a is b')(f, f)).toBe(true)
    expect(python.eval('lambda a, b: a is b[0]')(f, [f])).toBe(true)
    python.import('__main__').kept = f
    expect(python.eval('lambda a: a is kept')(f)).toBe(true)
    expect(python.eval('kept')).toBe(f)
    expect(python.eval('lambda a, b: a is b')(f, () => {})).toBe(false)
  })

  test('has a name, a repr, a type', () => {
    expect(
      python.eval(
        'lambda f: [f.__name__, f.__qualname__, repr(f), type(f) is pybridge.JsProxy, callable(f)]',
      )(f),
    ).toEqual(['named', 'named', '<JsProxy named>', true, true])
    expect(python.eval('lambda f: f.__name__')((() => () => {})())).toBe('')
    expect(
      python.eval('lambda f: f.__name__')(
        Object.defineProperty(() => {}, 'name', { value: 'é😀' }),
      ),
    ).toBe('é😀')
    expect(
      python.eval('lambda f: f.__name__')(Object.defineProperty(() => {}, 'name', { value: 5 })),
    ).toBe('')
  })

  test('a name that throws, or calls Python, is none', () => {
    const throws = Object.defineProperty(() => {}, 'name', {
      get() {
        throw new Error('no name')
      },
    })
    expect(python.eval('lambda f: [f.__name__, repr(f), f() is None]')(throws)).toEqual([
      '',
      '<JsProxy >',
      true,
    ])
    const calls = Object.defineProperty(() => {}, 'name', { get: () => python.eval('str(40 + 2)') })
    expect(python.eval('lambda f: f.__name__')(calls)).toBe('42')
  })

  test('is hashable, a key, and equal to itself alone', () => {
    expect(
      python.eval('lambda f, g: [{f: 1}[f], len({f, f, g}), f == f, f == g, hash(f) == hash(f)]')(
        f,
        () => {},
      ),
    ).toEqual([1, 2, true, false, true])
    const map = python.eval('lambda f: {f: 1}')(f) as Map<unknown, number>
    expect(map.get(f)).toBe(1)
  })

  test.runIf(pythonVersion >= 9)('can be weakly referenced', () => {
    expect(python.eval('lambda f: weakref.ref(f)() is f')(f)).toBe(true)
    python.exec(`
      def watch(f):
          global watched
          watched = weakref.ref(f)
    `)
    python.eval('watch')(() => {})
    expect(python.eval('watched() is None')).toBe(true)
  })

  test('cannot be made, pickled, or given attributes', () => {
    expect(
      (thrown(() => python.eval('lambda f: __import__("pickle").dumps(f)')(f)) as PythonError).type,
    ).toMatch(/Error/)
    expect(() => python.eval('lambda f: setattr(f, "x", 1)')(f)).toThrow(PythonError)
    python.exec('try: made = pybridge.JsProxy()\nexcept TypeError: made = None')
    expect(() => python.eval('repr(made), made and made.__name__')).not.toThrow()
    expect(() => python.eval('made()')).toThrow(PythonError)
  })

  test('survives copy and deepcopy as itself or is refused', () => {
    expect(
      thrown(() => python.eval('lambda f: __import__("copy").deepcopy([f])')(f)),
    ).toBeInstanceOf(PythonError)
  })
})

describe('from a thread of Python', () => {
  python.exec(`
    def in_thread(f, *args):
        result = []
        def body():
            try:
                result.append(f(*args))
            except BaseException as error:
                result.append(error)
        thread = threading.Thread(target=body)
        thread.start()
        thread.join()
        return result[0]
  `)

  test('a call is answered there, and this thread still calls it as well', () => {
    const f = vi.fn((list: number[]) => list.length)
    for (let i = 0; i < 50; i++) expect(python.eval('in_thread')(f, [i])).toBe(1)
    expect(f).toHaveBeenCalledTimes(50)
    expect(call(f, [1, 2])).toBe(2)
  })

  test('what it throws is a JsError there, and itself here', () => {
    const error = new RangeError('mine')
    const fails = () => {
      throw error
    }
    expect(python.eval('in_thread')(fails)).toBe(error)
    expect(python.eval('lambda f: type(in_thread(f)) is pybridge.JsError')(fails)).toBe(true)
  })

  test('while other threads run, callbacks of this one work', () => {
    python.exec(`
      stop = threading.Event()
      def spin():
          n = 0
          while not stop.is_set(): n += 1
      spinners = [threading.Thread(target=spin) for _ in range(3)]
      for s in spinners: s.start()
    `)
    try {
      let sum = 0
      python.eval('lambda f: [f(i) for i in range(200)]')((i: number) => {
        sum += i
      })
      expect(sum).toBe(19_900)
    } finally {
      python.exec('stop.set()\nfor s in spinners: s.join()')
    }
  })

  test('the last reference dropped there is freed here', async () => {
    let f: (() => void) | null = () => {}
    const weak = new WeakRef(f)
    python.exec(`
      held = []
      def drop():
          t = threading.Thread(target=held.clear)
          t.start()
          t.join()
    `)
    python.eval('held').append?.(f)
    python.eval('lambda f: held.append(f)')(f)
    f = null
    python.eval('drop')()
    await expectCollected(weak)
  })
})

async function expectCollected(weak: WeakRef<object>): Promise<void> {
  for (let i = 0; i < 20 && weak.deref() !== undefined; i++) {
    python.eval('1') // what Python dropped is freed between calls
    await sleep(1)
    global.gc?.()
  }
  expect(weak.deref()).toBeUndefined()
}

describe('is released', () => {
  test('when Python drops it', async () => {
    let f: (() => void) | null = () => {}
    const weak = new WeakRef(f)
    python.import('__main__').kept = f
    f = null
    await sleep(1)
    global.gc?.()
    expect(weak.deref()).toBeDefined()
    expect(python.eval('kept()')).toBeNull()
    python.exec('del kept')
    await expectCollected(weak)
  })

  test('after a call that only used it', async () => {
    const weak = (() => {
      const f = (x: number) => x
      python.eval('lambda f: [f(1), {"f": f}]')(f)
      return new WeakRef(f)
    })()
    await expectCollected(weak)
  })

  test('after it threw, and the error is gone', async () => {
    const weak = (() => {
      const f = () => {
        throw new Error('gone')
      }
      expect(() => call(f)).toThrow('gone')
      return new WeakRef(f)
    })()
    await expectCollected(weak)
  })

  const isSanitized = process.env.LD_PRELOAD?.includes('libasan') === true
  const name = 'a million calls hold nothing'
  if (isSanitized) skipLoudly(name, 'a sanitizer keeps freed memory')
  else {
    test(name, () => {
      const before = process.memoryUsage().rss
      const loop = python.eval('lambda f: [f(x, [x]) for x in range(200_000)] and None')
      loop(() => {})
      loop(() => {})
      expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000)
    })
  }
})

describe('throwing', () => {
  test('inside a sort comparison: the sort ends, the list is whole', () => {
    const error = new Error('cannot compare')
    const list = python.ref([3, 1, 2, 5, 4])
    let calls = 0
    const key = () => {
      if (++calls === 3) throw error
      return calls
    }
    expect(thrown(() => list.sort(kw({ key })))).toBe(error)
    expect(new Set(python.copy(list))).toEqual(new Set([1, 2, 3, 4, 5]))
  })

  test('the list changes while its sort calls back', () => {
    const list = python.ref([3, 1, 2])
    const error = thrown(() =>
      list.sort(kw({ key: (x: number) => list.append(9) ?? x })),
    ) as PythonError
    expect(error.type).toBe('ValueError')
  })

  test('inside a generator, a context manager, a finally block', () => {
    python.exec(`
      events = []
      def generate(f):
          try:
              yield f()
          finally:
              events.append('finally')
      def manage(f):
          with threading.Lock() as lock:
              f()
    `)
    const error = new Error('inside')
    const fail = () => {
      throw error
    }
    expect(thrown(() => python.eval('lambda f: list(generate(f))')(fail))).toBe(error)
    expect(python.eval('events')).toEqual(['finally'])
    expect(thrown(() => python.eval('manage')(fail))).toBe(error)
  })

  test('many times leaves nothing behind', () => {
    for (let i = 0; i < 2000; i++) {
      const error = new Error(String(i))
      expect(
        thrown(() =>
          call(() => {
            throw error
          }),
        ),
      ).toBe(error)
    }
    expect(call((x: number) => x, 1)).toBe(1)
  })
})
