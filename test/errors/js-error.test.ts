// What JavaScript throws, seen from Python, and back.
import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { BridgeError, kw, PythonError, python } from '../../lib/index.js'
import { index } from '../fixtures/run-node.js'
import { refusal, thrown } from '../fixtures/thrown.js'

python.exec(`
  import pybridge, traceback
  from pybridge import JsError
  def run(f, *args): return f(*args)
  def catch(f):
      try:
          f()
      except Exception as error:
          return error
  def tell(f, expression):
      try:
          f()
      except BaseException as error:
          return eval(expression, globals(), {'e': error})
`)

const run = python.eval('run')

function throws(value: unknown): () => never {
  return () => {
    throw value
  }
}

/** What an expression of Python's is, where `e` is the exception for `value`. */
function told(value: unknown, expression: string): unknown {
  return python.eval('tell')(throws(value), expression)
}

class Custom extends Error {
  override name = 'Custom'
  extra = 1
}

const hostile = new Proxy(
  {},
  Object.fromEntries(
    Object.getOwnPropertyNames(Reflect).map((trap) => [trap, throws(new Error(trap))]),
  ) as ProxyHandler<object>,
)
const revoked = Proxy.revocable({}, {})
revoked.revoke()
const revokedFunction = Proxy.revocable(() => {}, {})
revokedFunction.revoke()

function withGetters(...names: string[]): Error {
  const error = new Error('hidden')
  void error.stack // made when it is first read, from name and message
  for (const name of names) Object.defineProperty(error, name, { get: throws(new Error(name)) })
  return error
}

const values: [string, unknown][] = [
  ['an Error', new Error('plain')],
  ['a TypeError', new TypeError('type')],
  ['a RangeError', new RangeError('range')],
  ['an AggregateError', new AggregateError([new Error('a')], 'many')],
  ['a DOMException', new DOMException('aborted', 'AbortError')],
  ['an error of a class', new Custom('custom')],
  ['a frozen Error', Object.freeze(new Error('frozen'))],
  ['an Error without a prototype', Object.setPrototypeOf(new Error('bare'), null)],
  [
    'an Error whose message is no string',
    Object.assign(new Error(), { message: 5, name: {}, stack: [] }),
  ],
  ['null', null],
  ['undefined', undefined],
  ['0', 0],
  ['-0', -0],
  ['NaN', Number.NaN],
  ['the empty string', ''],
  ['a string', 'text'],
  ['a lone surrogate', '\ud800'],
  ['a long string', 'x'.repeat(100_000)],
  ['false', false],
  ['a small bigint', 5n],
  ['a bigint', 2n ** 80n],
  ['a symbol', Symbol('s')],
  ['a symbol of the registry', Symbol.for('pybridge.test')],
  ['a well-known symbol', Symbol.iterator],
  ['an object', { a: 1 }],
  ['a frozen object', Object.freeze({})],
  ['an object without a prototype', Object.create(null)],
  ['an Array', [1, 2]],
  ['a Date', new Date(0)],
  ['a Promise', Promise.resolve()],
  ['a function', () => {}],
  ['a class', Custom],
  ['an Error whose message throws', withGetters('message')],
  ['an Error whose stack throws', withGetters('stack')],
  ['an Error whose name throws', withGetters('name')],
  [
    'an Error whose every getter throws',
    withGetters('message', 'stack', 'name', 'cause', 'constructor'),
  ],
  ['a Proxy that throws in every trap', hostile],
  ['a Proxy of an Error', new Proxy(new Error('inside'), {})],
  ['a revoked Proxy', revoked.proxy],
  ['a revoked Proxy of a function', revokedFunction.proxy],
  ['a proxy of a Python object', python.eval('object()')],
  ['a proxy of a Python callable', python.eval('len')],
]

// Behind a function, so that the runner does not touch them.
describe.each(values.map(([name, value]) => [name, () => value] as const))('%s', (_, make) => {
  const value = make()

  test('comes back as the identical value', () => {
    expect(
      Object.is(
        thrown(() => run(throws(value))),
        value,
      ),
    ).toBe(true)
    expect(
      Object.is(
        thrown(() => run(throws(value))),
        value,
      ),
    ).toBe(true)
  })

  test('comes back through many crossings, a re-raise, and a later call', () => {
    const down = (n: number): unknown => (n === 0 ? throws(value)() : run(down, n - 1))
    expect(
      Object.is(
        thrown(() => down(20)),
        value,
      ),
    ).toBe(true)
    python.exec(
      'def again(f):\n  try: f()\n  except JsError as e: global kept; kept = e\n  raise kept',
    )
    expect(
      Object.is(
        thrown(() => python.eval('again')(throws(value))),
        value,
      ),
    ).toBe(true)
    python.exec('def later(): raise kept')
    expect(
      Object.is(
        thrown(() => python.eval('later')()),
        value,
      ),
    ).toBe(true)
    python.exec('del kept')
  })

  test('is a JsError in Python, which can be caught and told', () => {
    expect(told(value, '[type(e) is JsError, isinstance(e, Exception)]')).toEqual([true, true])
    expect(
      told(value, '[type(x).__name__ for x in (e.name, e.message, e.stack, str(e), repr(e))]'),
    ).toEqual(Array(5).fill('str'))
    expect(
      told(value, '"JsError" in "".join(traceback.format_exception(type(e), e, e.__traceback__))'),
    ).toBe(true)
  })
})

describe('in Python', () => {
  test('it has a name, a message, a stack', () => {
    const error = new TypeError('wrong é😀')
    expect(told(error, '[e.name, e.message, e.stack, str(e), e.args]')).toEqual([
      'TypeError',
      'wrong é😀',
      error.stack,
      'TypeError: wrong é😀',
      ['wrong é😀'],
    ])
    expect(told(new Error(), 'str(e)')).toBe('Error')
    expect(told(new Custom('c'), 'str(e)')).toBe('Custom: c')
    expect(told(new Custom('c'), 'repr(e)')).toContain('JsError(')
  })

  test.each<[unknown, string]>([
    [null, 'Error: null'],
    [undefined, 'Error: undefined'],
    [5, 'Error: 5'],
    ['text', 'Error: text'],
    [Symbol('s'), 'Error: Symbol(s)'],
    [() => {}, 'Error: a function was thrown'],
    [{ message: 'of an object' }, 'Error: of an object'],
    [{ name: 'N', message: 'm' }, 'N: m'],
  ])('%o is told as %s', (value, text) => {
    expect(told(value, 'str(e)')).toBe(text)
  })

  test('the traceback has the Python frames, and the line of the error', () => {
    const text = told(
      new TypeError('told'),
      '"".join(traceback.format_exception(type(e), e, e.__traceback__))',
    )
    expect(text).toContain('in tell')
    expect(text).toMatch(/pybridge\.errors\.JsError: TypeError: told\n$/)
  })

  test('what was thrown can be reached', () => {
    const f = () => {}
    expect(told(f, 'e.js')).toBe(f)
    expect(told(5, 'e.js')).toBe(5)
  })

  test('raise … from it keeps it as the cause', () => {
    const error = new Error('inner')
    python.exec("def wrap(f):\n  try: f()\n  except JsError as e: raise ValueError('outer') from e")
    const outer = thrown(() => python.eval('wrap')(throws(error))) as PythonError
    expect(outer).toMatchObject({ type: 'ValueError', cause: error })
    expect(outer.traceback).toContain('JsError: Error: inner')
  })

  test('an exception raised while it is handled has it as context', () => {
    const error = new Error('inner')
    python.exec('def handle(f):\n  try: f()\n  except JsError: 1 / 0')
    expect((thrown(() => python.eval('handle')(throws(error))) as PythonError).cause).toBe(error)
  })

  test('returned as a value, it is the error itself', () => {
    const error = new Error('kept')
    expect(python.eval('catch')(throws(error))).toBe(error)
    expect(python.eval('lambda f: [catch(f)]')(throws(error))).toEqual([error])
  })

  test('made in Python, it is an exception of Python', () => {
    const error = thrown(() =>
      python.eval('run')(python.eval('lambda: (_ for _ in ()).throw(JsError("mine"))')),
    ) as PythonError
    expect(error).toBeInstanceOf(PythonError)
    expect(error).toMatchObject({
      type: 'JsError',
      module: 'pybridge.errors',
      message: 'Error: mine',
    })
    expect(
      python.eval('[str(JsError()), str(JsError("m")), str(JsError("m", "N")), JsError("m").js]'),
    ).toEqual(['Error', 'Error: m', 'N: m', null])
    python.exec('class Mine(JsError): pass')
    expect((thrown(() => python.exec('raise Mine("x")')) as PythonError).type).toBe('Mine')
  })

  test('a getter of the error may call Python, and throw', () => {
    const error = new Error('x')
    Object.defineProperty(error, 'message', {
      get: () => python.eval('"".join(["from ", "Python"])'),
    })
    expect(told(error, 'str(e)')).toBe('Error: from Python')
    Object.defineProperty(error, 'name', { get: () => python.eval('1 / 0') })
    expect(told(error, 'str(e)')).toBe('Error: from Python')
    expect(thrown(() => run(throws(error)))).toBe(error)
  })

  test('the stack of a JavaScript error stays its own', () => {
    const error = new Error('x')
    const { stack } = error
    thrown(() => run(throws(error)))
    expect(error.stack).toBe(stack)
  })
})

describe('a BridgeError', () => {
  const cases: [string, string, () => unknown][] = [
    ['a result that cannot cross', 'CONVERSION', () => [kw({ a: 1 })]],
    ['an argument of an inner call', 'CONVERSION', () => run([kw({ a: 1 })])],
    ['a wrong use of ours', 'INVALID_ARGUMENT', () => python.eval(5 as never)],
    ['one that the user throws', 'RELEASED', throws(new BridgeError('RELEASED', 'mine'))],
  ]

  test.each(cases)('is pybridge.BridgeError in Python: %s', (_, code, body) => {
    expect(python.eval('tell')(body, '[type(e) is pybridge.BridgeError, e.code, str(e)]')).toEqual([
      true,
      code,
      expect.stringMatching(new RegExp(`\\[${code}\\]$`)),
    ])
    python.exec(`
      def handles(f):
          try:
              f()
          except pybridge.BridgeError as error:
              return error.code
    `)
    expect(python.eval('handles')(body)).toBe(code)
  })

  test.each(cases)('arrives as itself: %s', (_, code, body) => {
    refusal(code as never, () => run(body))
    refusal(code as never, () => run(() => run(() => run(body))))
  })

  test('is the identical error', () => {
    const error = new BridgeError('RELEASED', 'mine')
    expect(thrown(() => run(throws(error)))).toBe(error)
    const first: unknown[] = []
    const outer = thrown(() =>
      run(() => {
        try {
          run(Symbol('s'))
        } catch (inner) {
          first.push(inner)
          throw inner
        }
      }),
    )
    expect(outer).toBe(first[0])
  })

  test('that native code raises in Python has a code, a detail, a message', () => {
    python.exec('def odd(f): f({1: 1, 1.5: 2, float("nan"): 1, float("nan"): 2})')
    expect(
      python.eval(
        'lambda f: tell(lambda: odd(f), "[type(e) is pybridge.BridgeError, e.code, type(e.detail) is str, str(e)]")',
      )(() => {}),
    ).toEqual([true, 'CONVERSION', true, expect.stringMatching(/\[CONVERSION\]$/)])
    const error = thrown(() => python.eval('odd')(() => {})) as BridgeError
    expect(error).toBeInstanceOf(BridgeError)
    expect(error.message).not.toMatch(/What to do.*What to do/)
  })

  test('that Python raises is one here', () => {
    expect(
      refusal('CONVERSION', () =>
        python.exec('raise pybridge.BridgeError("CONVERSION", "of Python")'),
      ),
    ).toContain(': of Python. What')
    const plain = refusal('RELEASED', () => python.exec('raise pybridge.BridgeError("RELEASED")'))
    expect(plain).toBe(new BridgeError('RELEASED').message)
    python.exec('class Sub(pybridge.BridgeError): pass')
    refusal('CONVERSION', () => python.exec('raise Sub("CONVERSION", "x")'))
  })

  test.each(['NO_SUCH_CODE', 'toString', '__proto__', ''])(
    'with the code %j is an exception of Python',
    (code) => {
      const error = thrown(() =>
        python.eval('lambda code: (_ for _ in ()).throw(pybridge.BridgeError(code, "d"))')(code),
      )
      const listed = thrown(() =>
        python.eval(
          'lambda code: list(x for x in (_ for _ in ()).throw(pybridge.BridgeError(code, "d")))',
        )(code),
      ) as PythonError
      expect(typeof error).toBe('object')
      expect(listed).toBeInstanceOf(PythonError)
      expect(listed).toMatchObject({ type: 'BridgeError', message: 'd' })
    },
  )
})

test('an error of another environment is told, not handed over', async () => {
  const error = new Error('of the main thread')
  python.import('__main__').caught = python.eval('lambda f: [catch(f)].__getitem__')(throws(error))
  const worker = new Worker(
    `import(${JSON.stringify(index)}).then(({ python, PythonError }) => {
      const { parentPort } = require('node:worker_threads')
      python.exec('def raise_caught(): raise caught(0)')
      try {
        python.eval('raise_caught')()
      } catch (error) {
        parentPort.postMessage([error instanceof PythonError, error.type, error.message])
      }
    })`,
    { eval: true },
  )
  const heard = new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject))
  expect(await heard).toEqual([true, 'JsError', 'Error: of the main thread'])
  expect(thrown(() => python.eval('raise_caught')())).toBe(error)
  python.exec('del caught')
})
