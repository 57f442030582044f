// What Python raises, seen from JavaScript.
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { BridgeError, kw, PythonError, python } from '../../lib/index.js'
import { refusal, thrown } from '../fixtures/thrown.js'

const pythonVersion = Number(python.version.split('.')[1])

python.exec(`
  import pybridge
  def raises(error, *cause):
      if cause: raise error from cause[0]
      raise error
  def run(f, *args): return f(*args)
`)

/** What an expression of Python's raises when its value is raised. */
function raised(source: string): PythonError {
  const error = thrown(() => python.eval(`raises(${source})`))
  expect(error).toBeInstanceOf(PythonError)
  return error as PythonError
}

describe('fields', () => {
  test('type, module, message, name', () => {
    const error = raised('ValueError("wrong é😀")')
    expect(error).toMatchObject({ type: 'ValueError', module: 'builtins', message: 'wrong é😀' })
    expect(error.name).toBe('PythonError')
    expect(error).toBeInstanceOf(Error)
    expect(Object.prototype.toString.call(error)).toBe('[object Error]')
    expect(String(error)).toBe('PythonError: wrong é😀')
    expect(Object.keys(error)).toEqual([])
  })

  test('value is the exception', () => {
    const error = raised('OSError(2, "not there", "file.txt")')
    expect(error.value.errno).toBe(2)
    expect(error.value.filename).toBe('file.txt')
    expect(python.eval('lambda e: isinstance(e, FileNotFoundError)')(error.value)).toBe(true)
  })

  test('a class of the user, also a nested one', () => {
    python.exec('class Outer:\n  class Inner(KeyError): pass')
    expect(raised('Outer.Inner("k")')).toMatchObject({
      type: 'Outer.Inner',
      module: '__main__',
      message: "'k'",
    })
    expect(raised('__import__("json").JSONDecodeError("m", "{", 0)')).toMatchObject({
      type: 'JSONDecodeError',
      module: 'json.decoder',
    })
  })

  test('frames: outermost first, with file, line, name, source', () => {
    python.exec(`
      def outer(): return inner()  # here
      def inner(): raise ValueError('deep')
    `)
    const { frames } = thrown(() => python.eval('outer')()) as PythonError
    expect(frames.map(({ name }) => name)).toEqual(['outer', 'inner'])
    expect(frames[0]).toMatchObject({
      line: 2,
      source: 'return inner()  # here'.replace('return', 'def outer(): return'),
    })
    expect(frames[0]?.file).toBe(frames[1]?.file)
  })

  test('frames without a source', () => {
    const { frames } = thrown(() => python.eval('1 / 0')) as PythonError
    const last = frames.at(-1)
    expect(last).toMatchObject({ file: '<python.eval>', line: 1, name: '<module>' })
    expect(last?.source || null).toBeNull()
  })

  test('an exception that was never raised has no frames', () => {
    const error = python.eval('ValueError("only made")') as PythonError
    expect(error).toBeInstanceOf(PythonError)
    expect(error.frames).toEqual([])
    expect(error.traceback).toBe('ValueError: only made\n')
    expect(error.stack).toContain('PythonError: ValueError: only made')
  })

  test('the traceback is as Python prints it', () => {
    python.exec(`
      import traceback
      def told():
          try:
              try:
                  {}['a']
              except KeyError as error:
                  raise ValueError('second') from error
          except ValueError as error:
              return [error, traceback.format_exc()]
    `)
    const [error, text] = python.eval('told')()
    expect(error.traceback).toBe(text)
    expect(text).toContain('The above exception was the direct cause')
  })
})

describe('is', () => {
  test.each([
    ['FileNotFoundError', true],
    ['OSError', true],
    ['Exception', true],
    ['BaseException', true],
    ['object', true],
    ['builtins.OSError', true],
    ['ValueError', false],
    ['json.OSError', false],
    ['', false],
    ['oserror', false],
  ])('a FileNotFoundError is %s: %s', (name, answer) => {
    expect(raised('FileNotFoundError(2, "x")').is(name)).toBe(answer)
  })

  test('with the names of modules and of nested classes', () => {
    python.exec('class Outer:\n  class Inner(KeyError): pass')
    const error = raised('Outer.Inner()')
    for (const name of ['Inner', '__main__.Outer.Inner', 'KeyError', 'LookupError']) {
      expect(error.is(name), name).toBe(true)
    }
  })
})

describe('causes', () => {
  test('raise … from', () => {
    const error = thrown(() => python.eval('raises(ValueError("b"), KeyError("a"))')) as PythonError
    expect(error.cause).toBeInstanceOf(PythonError)
    expect(error.cause).toMatchObject({ type: 'KeyError', message: "'a'" })
    expect((error.cause as PythonError).cause).toBeUndefined()
  })

  test('what was being handled', () => {
    python.exec("def handle():\n  try: {}['a']\n  except KeyError: raise ValueError('b')")
    const error = thrown(() => python.eval('handle')()) as PythonError
    expect(error.cause).toMatchObject({ type: 'KeyError' })
    expect(error.traceback).toContain('During handling of the above exception')
  })

  test('from None hides it', () => {
    python.exec("def hide():\n  try: {}['a']\n  except KeyError: raise ValueError('b') from None")
    const error = thrown(() => python.eval('hide')()) as PythonError
    expect(error.cause).toBeUndefined()
    expect('cause' in error).toBe(false)
  })

  function chain(error: unknown): PythonError[] {
    const links: PythonError[] = []
    for (let at = error; at instanceof PythonError && links.length < 1000; at = at.cause)
      links.push(at)
    return links
  }

  test.each([
    [5, 6],
    [200, 100],
    [20_000, 100],
  ])('a chain of %d has %d links', (depth, links) => {
    python.exec(`
      def chained(depth):
          error = ValueError(0)
          for i in range(depth):
              error, cause = ValueError(i), error
              error.__cause__ = cause
          return error
    `)
    const error = thrown(() => python.eval(`raises(chained(${depth}))`))
    expect(chain(error)).toHaveLength(links)
    expect(typeof (error as PythonError).traceback).toBe('string')
    python.exec(`
      def unchain(error):
          while error is not None: error.__cause__, error = None, error.__cause__
    `)
    python.eval('unchain')((error as PythonError).value)
  })

  test.each([
    ['itself', 'a = ValueError("a"); a.__cause__ = a', 1],
    [
      'a circle of two',
      'a = ValueError("a"); b = KeyError("b"); a.__cause__ = b; b.__cause__ = a',
      2,
    ],
    [
      'a circle further on',
      'a = ValueError("a"); b = KeyError("b"); a.__cause__ = b; b.__context__ = b',
      2,
    ],
  ])('%s is cut', (_, source, links) => {
    python.exec(source)
    const error = thrown(() => python.eval('raises(a)'))
    expect(chain(error)).toHaveLength(links)
    expect((error as PythonError).traceback).toContain('ValueError')
    expect(inspect(error)).toContain('ValueError')
  })

  test('a JavaScript error among them is itself', () => {
    const inner = new TypeError('of JavaScript')
    python.exec(`
      def wrap(f):
          try: f()
          except Exception as error: raise ValueError('wrapped') from error
    `)
    const error = thrown(() =>
      python.eval('wrap')(() => {
        throw inner
      }),
    ) as PythonError
    expect(error.type).toBe('ValueError')
    expect(error.cause).toBe(inner)
  })
})

describe('stack', () => {
  test('is one: frames of Python, innermost first, then those of JavaScript', () => {
    python.exec(`
      def outer(f): return inner(f)
      def inner(f): return f()
      def fail(): raise ValueError('bottom')
    `)
    function callsBack() {
      return [python.eval('fail')()] // a tail call would leave no frame in JavaScriptCore
    }
    const error = thrown(() => python.eval('outer')(callsBack)) as PythonError
    const lines = (error.stack as string).split('\n')
    expect(lines[0]).toBe('PythonError: ValueError: bottom')
    expect(lines.slice(1, 4).map((line) => line.trim().split(' ')[1])).toEqual([
      'fail',
      'inner',
      'outer',
    ])
    expect(lines[1]).toMatch(/^ {4}at fail \(<python \d+>:\d+\)$/)
    expect(error.stack).toContain('callsBack')
    expect(error.stack).toContain('python-error.test.ts')
    expect(error.stack).not.toContain('makeError')
  })

  test('a message that is empty, or of many lines', () => {
    expect(raised('ValueError()').stack).toMatch(/^PythonError: ValueError\n/)
    expect(raised('ValueError("a\\nb")').stack).toMatch(/^PythonError: ValueError: a\nb\n {4}at/)
  })

  test('may be assigned, as in JavaScript', () => {
    const error = raised('ValueError("x")')
    error.stack = 'mine'
    expect(error.stack).toBe('mine')
    delete error.stack
    expect(error.stack).toBeUndefined()
  })

  test('inspect shows it, with its cause', () => {
    const error = thrown(() => python.eval('raises(ValueError("b"), KeyError("a"))')) as PythonError
    const text = inspect(error)
    expect(text).toContain('PythonError: ValueError: b')
    expect(text).toContain('[cause]: PythonError: KeyError')
    expect(text).toContain('at raises')
    expect(JSON.stringify(error)).toBe('{}')
  })

  test('can be read after the exception was given back', () => {
    const error = raised('ValueError("gone")')
    const { value } = error
    refusal('RELEASED', () => {
      for (let i = 0; i < 1000; i++) value[Symbol.dispose]()
    })
    expect(error.stack).toContain('PythonError: ValueError: gone')
    expect(inspect(error)).toContain('gone')
    refusal('RELEASED', () => error.frames)
    expect(
      thrown(() =>
        python.eval('run')(() => {
          throw error
        }),
      ),
    ).toBe(error)
  })

  test('50 crossings keep all frames', () => {
    python.exec("def level(f, n): return f(n - 1)\ndef bottom(): raise ValueError('bottom')")
    const level = python.eval('level')
    const down = (n: number): unknown => (n === 0 ? python.eval('bottom')() : level(down, n))
    const error = thrown(() => down(50)) as PythonError
    expect(error.frames.map(({ name }) => name)).toEqual([...Array(50).fill('level'), 'bottom'])
    expect(error.stack?.match(/at level/g)).toHaveLength(50)
    expect(error.traceback.match(/in level/g)?.length ?? 0).toBeGreaterThan(0)
  })
})

describe('identity', () => {
  test('the same exception is the same error, however it comes', () => {
    python.exec(
      "kept = ValueError('kept')\ndef raise_kept(): raise kept\nclass Holder: error = kept",
    )
    const error = python.eval('kept')
    expect(error).toBeInstanceOf(PythonError)
    expect(thrown(() => python.eval('raise_kept')())).toBe(error)
    expect(thrown(() => python.eval('raise_kept')())).toBe(error)
    expect(python.eval('[kept, {"a": kept}, (kept,)]')).toEqual([error, { a: error }, [error]])
    expect(python.eval('[kept]')[0]).toBe(error)
    expect(python.eval('Holder').error).toBe(error)
    expect([...python.eval('iter([kept])')][0]).toBe(error)
    expect(python.eval('lambda f: f(kept)')((e: unknown) => e === error)).toBe(true)
    expect(python.eval('lambda f: f([kept], e=kept)')(([e]: unknown[]) => e === error)).toBe(true)
  })

  test('__cause__ is the cause', () => {
    const error = thrown(() => python.eval('raises(ValueError("b"), KeyError("a"))')) as PythonError
    expect(error.value.__cause__).toBe(error.cause)
  })

  test('passed as an argument, it is the exception', () => {
    python.exec("kept = ValueError('kept')")
    const error = python.eval('kept')
    expect(python.eval('lambda e: e is kept')(error)).toBe(true)
    expect(python.eval('lambda e: e[0] is e[1]["a"] is kept')([error, { a: error }])).toBe(true)
    expect(python`${error} is kept`).toBe(true)
  })

  test('thrown inside a callback it is the same exception, with its traceback extended', () => {
    python.exec(`
      kept = ValueError('kept')
      def raise_kept(): raise kept
      def catches(f):
          try:
              f()
          except ValueError as error:
              names, at = [], error.__traceback__
              while at: names.append(at.tb_frame.f_code.co_name); at = at.tb_next
              return [error is kept, names]
    `)
    expect(
      python.eval('catches')(() => {
        python.eval('raise_kept')()
      }),
    ).toEqual([true, ['catches', 'raise_kept']])
    const stored = python.eval('kept')
    expect(
      thrown(() =>
        python.eval('run')(() => {
          throw stored
        }),
      ),
    ).toBe(stored)
  })

  test('a subclass of PythonError or an error with it as cause is a JavaScript error', () => {
    const cause = raised('ValueError("inner")')
    const error = new Error('outer', { cause })
    expect(
      thrown(() =>
        python.eval('run')(() => {
          throw error
        }),
      ),
    ).toBe(error)
  })
})

describe('odd exceptions', () => {
  python.exec(`
    class FailsStr(Exception):
        def __str__(self): raise ValueError('no str')
        __repr__ = __str__
    class NoText(Exception):
        def __str__(self): return 5
    class Text(str): pass
    class SubclassText(Exception):
        def __str__(self): return Text('sub')
    class Needs(Exception):
        def __init__(self, a, b): self.a = a
    class Lies(Exception):
        __class__ = property(lambda self: int)
    class LiesBridge(Exception):
        __class__ = property(lambda self: pybridge.BridgeError)
    class LiesJs(Exception):
        __class__ = property(lambda self: pybridge.JsError)
    class FailsClass(Exception):
        __class__ = property(lambda self: 1 / 0)
    class FailsAttributes(Exception):
        def __getattribute__(self, name): raise RuntimeError('no ' + name)
    class FailsExit(Exception):
        def __str__(self): raise SystemExit(3)
    class FailsDeep(Exception):
        def __str__(self): return str(self)
    class CallsBack(Exception):
        def __str__(self): return self.args[0]()
    class Meta(type):
        def __getattribute__(self, name): raise RuntimeError(name)
    class Strange(Exception, metaclass=Meta): pass
    class OddModule(Exception): pass
    OddModule.__module__ = 5
    class HalfJs(pybridge.JsError):
        def __init__(self): pass
    class HalfBridge(pybridge.BridgeError):
        def __init__(self): pass
    class OddCode(pybridge.BridgeError):
        def __init__(self): self.code = 5
  `)

  test.each([
    ['FailsStr("x")', 'FailsStr', '<unprintable>'],
    ['NoText()', 'NoText', '<unprintable>'],
    ['SubclassText()', 'SubclassText', 'sub'],
    ['Needs(1, 2)', 'Needs', '(1, 2)'],
    ['Lies("x")', 'Lies', 'x'],
    ['LiesBridge("x")', 'LiesBridge', 'x'],
    ['LiesJs("x")', 'LiesJs', 'x'],
    ['FailsClass("x")', 'FailsClass', 'x'],
    ['FailsAttributes("x")', 'FailsAttributes', /x|<unprintable>/],
    ['FailsExit("x")', 'FailsExit', '<unprintable>'],
    ['FailsDeep("x")', 'FailsDeep', '<unprintable>'],
    ['Strange("x")', 'Strange', 'x'],
    ['OddModule("x")', 'OddModule', 'x'],
    ['HalfJs()', 'HalfJs', /.*/],
    ['HalfBridge()', 'HalfBridge', /.*/],
    ['OddCode()', 'OddCode', /.*/],
    ['ValueError("a\\0b\\ud800")', 'ValueError', 'a\0b\ud800'],
    ['ValueError("\\ud83d" + "\\ude00")', 'ValueError', /.+/],
    ['MemoryError()', 'MemoryError', ''],
    ['RecursionError("deep")', 'RecursionError', 'deep'],
    [
      'UnicodeDecodeError("utf-8", b"\\xff", 0, 1, "invalid")',
      'UnicodeDecodeError',
      /can't decode byte 0xff/,
    ],
    ['SyntaxError("bad", ("f.py", 3, 1, "x = = 1"))', 'SyntaxError', /bad/],
    ['AssertionError()', 'AssertionError', ''],
    ['KeyError(KeyError("k"))', 'KeyError', "KeyError('k')"],
    ['StopIteration(5)', 'StopIteration', '5'],
    ['StopAsyncIteration()', 'StopAsyncIteration', ''],
    ['GeneratorExit()', 'GeneratorExit', ''],
    ['KeyboardInterrupt()', 'KeyboardInterrupt', ''],
    ['SystemExit(3)', 'SystemExit', '3'],
    ['BaseException("base")', 'BaseException', 'base'],
    ['__import__("asyncio").CancelledError()', 'CancelledError', ''],
    ['Warning("w")', 'Warning', 'w'],
  ])('%s', (source, type, message) => {
    const error = raised(source)
    expect(error.type).toBe(type)
    expect(typeof error.message).toBe('string')
    if (typeof message === 'string') expect(error.message).toBe(message)
    else expect(error.message).toMatch(message)
    expect(error.stack).toContain(type)
    expect(error.traceback).toContain(type)
    expect(inspect(error)).toContain('PythonError')
    expect(error.is('BaseException')).toBe(true)
    // Through a callback, it is the same.
    const through = thrown(() =>
      python.eval('run')(() => {
        throw error
      }),
    )
    expect(through).toBe(error)
    const again = thrown(() => python.eval('run')(() => python.eval('lambda e: raises(e)')(error)))
    expect(again).toBe(error)
    expect(python.eval('1 + 1')).toBe(2)
  })

  test('__str__ may call JavaScript', () => {
    python.import('__main__').text = () => 'from JavaScript'
    expect(raised('CallsBack(text)').message).toBe('from JavaScript')
    python.import('__main__').text = () => {
      throw new Error('no text')
    }
    expect(raised('CallsBack(text)').message).toBe('<unprintable>')
  })

  test('a message of 10 MB', () => {
    expect(raised('ValueError("x" * 10_000_000)').message).toHaveLength(10_000_000)
  })

  test('a class that is raised is made', () => {
    expect(raised('ValueError')).toMatchObject({ type: 'ValueError', message: '' })
    expect(raised('Needs').type).toBe('TypeError')
    expect(raised('5').message).toContain('exceptions must derive from BaseException')
  })

  test.runIf(pythonVersion >= 11)('notes are in the traceback', () => {
    python.exec("noted = ValueError('n')\nnoted.add_note('a note of mine')")
    expect(raised('noted').traceback).toContain('a note of mine')
  })

  test.runIf(pythonVersion >= 11)('exception groups, also 100 deep', () => {
    python.exec(`
      group = ExceptionGroup('many', [ValueError('a'), ExceptionGroup('more', [KeyError('b')])])
      deep = ValueError('deep')
      for _ in range(100): deep = ExceptionGroup('level', [deep])
    `)
    const error = raised('group')
    expect(error).toMatchObject({ type: 'ExceptionGroup', message: 'many (2 sub-exceptions)' })
    expect(error.traceback).toContain("KeyError: 'b'")
    expect(error.value.exceptions[0]).toMatchObject({ type: 'ValueError', message: 'a' })
    expect(raised('deep').type).toBe('ExceptionGroup')
  })

  test('StopIteration from a callback ends the loop, as in Python', () => {
    const stop = raised('StopIteration()')
    let count = 0
    const next = () => {
      if (++count === 4) throw stop
      return count
    }
    expect(python`list(map(${next}, range(100)))`).toEqual([1, 2, 3])
  })

  test('sys.exit inside a callback ends neither side', () => {
    const error = thrown(() =>
      python.eval('run')(() => python.import('sys').exit(7)),
    ) as PythonError
    expect(error.type).toBe('SystemExit')
    expect(error.value.code).toBe(7)
  })
})

test('the error holds the exception alive, and lets it go', async () => {
  python.exec(`
    import gc, weakref
    class Kept(Exception): pass
    def make():
        global weak
        error = Kept()
        weak = weakref.ref(error)
        raise error
    def is_alive(): return weak() is not None
  `)
  ;(() => {
    const error = thrown(() => python.eval('make')())
    global.gc?.()
    expect(python.eval('is_alive')()).toBe(true)
    expect(error).toBeInstanceOf(PythonError)
  })()
  for (let i = 0; i < 30; i++) {
    await new Promise((resolve) => setTimeout(resolve, 1))
    global.gc?.()
    python.eval('gc.collect()') // its traceback holds the frame that holds it
  }
  expect(python.eval('is_alive')()).toBe(false)
})

test('instanceof tells the two apart', () => {
  const error = raised('ValueError()')
  expect(error instanceof BridgeError).toBe(false)
  expect(refusal('CONVERSION', () => python.eval('len')([kw({ a: 1 })]))).toContain('CONVERSION')
})
