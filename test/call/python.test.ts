// The surface: eval, exec, run, import, builtins, version, info, ref, copy.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PythonError, python, type Scope } from '../../lib/index.js'
import { refusal, thrown } from '../fixtures/thrown.js'

const typeName = python.eval('lambda value: type(value).__name__')

describe('python.eval', () => {
  test.each([
    ['1 + 1', 2],
    ['  1 + 1  ', 2],
    ['\n  [\n1,\n2]\n', [1, 2]],
    ["'''a\n   \nb'''", 'a\n   \nb'],
    ['__name__', '__main__'],
    ['(lambda: 5)()', 5],
    ['[x for x in range(3)]', [0, 1, 2]],
    ['None', null],
    ["'é☃😀'", 'é☃😀'],
  ])('%j gives its value', (source, value) => {
    expect(python.eval(source)).toEqual(value)
  })

  test.each(['x = 1', 'import sys', '', '   ', '1 +', 'a b', '(', "'"])(
    '%j is a SyntaxError with its position',
    (source) => {
      const error = thrown(() => python.eval(source)) as PythonError
      expect(error).toBeInstanceOf(PythonError)
      expect(error.type).toBe('SyntaxError')
      expect(error.value.filename).toBe('<python.eval>')
      expect(typeof error.value.lineno).toBe('number')
    },
  )

  test('the position of a SyntaxError is that of the source', () => {
    const error = thrown(() => python.eval('1 + 1 2')) as PythonError
    expect(error.value.lineno).toBe(1)
    expect(error.value.text).toContain('1 + 1 2')
    expect(error.message).toContain('line 1')
  })

  test('a name that is not there is a NameError', () => {
    expect((thrown(() => python.eval('nowhere_to_be_found')) as PythonError).type).toBe('NameError')
  })

  test('the future of no file of ours leaks into the source', () => {
    python.exec('def annotated(x: 1 + 1): pass')
    expect(python.eval('annotated.__annotations__')).toEqual({ x: 2 })
  })
})

describe('python.exec', () => {
  test('names stay in __main__', () => {
    expect(python.exec('kept = 5')).toBeUndefined()
    expect(python.eval('kept')).toBe(5)
    expect(python.import('__main__').kept).toBe(5)
    python.exec('del kept')
    expect(python.import('__main__').kept).toBeUndefined()
  })

  test('source that is indented as its surroundings runs', () => {
    python.exec(`
      # a comment
      def f(x):
          if x:
              return 1
   # a comment that is indented less
          return 2
      found = f(0)
    `)
    expect(python.eval('found')).toBe(2)
  })

  test.each([
    ["text = '''a\n   \n  b'''", 'a\n   \n  b'],
    ["text = '''a\n\t\n\nb'''", 'a\n\t\n\nb'],
    ["\n\ntext = '''\n  a\n  '''", '\n  a\n  '],
  ])('a string literal in %j is not touched', (source, value) => {
    python.exec(source)
    expect(python.eval('text')).toBe(value)
  })

  test('empty source, and comments alone, do nothing', () => {
    for (const source of ['', '\n', '   ', '# nothing', '  # nothing\n']) python.exec(source)
  })

  test.each([
    ['x = 1\ny = = 2', 2],
    ['\n\n  if True:\n  x = 1', 4],
    ['return 1', 1],
  ])('a SyntaxError in %j is told with its line', (source, line) => {
    const error = thrown(() => python.exec(source)) as PythonError
    expect(error.is('SyntaxError')).toBe(true)
    expect(error.value.lineno).toBe(line)
  })

  test('tracebacks show the line, also long after', () => {
    python.exec(`
      def fail_here():
          raise ValueError('here')  # the place
    `)
    for (let i = 0; i < 20; i++) python.exec(`x = ${i}`)
    const error = thrown(() => python.eval('fail_here')()) as PythonError
    expect(error.frames.at(-1)).toMatchObject({
      line: 3,
      name: 'fail_here',
      source: "raise ValueError('here')  # the place",
    })
    expect(error.traceback).toContain("raise ValueError('here')  # the place")
  })

  test('thousands of sources do not accumulate', () => {
    const size = () => python.eval('len(__import__("linecache").cache)') as number
    for (let i = 0; i < 600; i++) python.exec('x = 1')
    const before = size()
    for (let i = 0; i < 600; i++) python.exec('x = 1')
    expect(size()).toBeLessThanOrEqual(before)
  })
})

describe('scopes', () => {
  test('a plain object is copied: names are read, and what is assigned stays there', () => {
    const scope = { a: 2, b: [3] }
    expect(python.eval('a * b[0]', scope)).toBe(6)
    python.exec('a = 10; b.append(4); c = 1', scope)
    expect(scope).toEqual({ a: 2, b: [3] })
    expect(() => python.eval('c')).toThrow(PythonError)
  })

  test('python.ref({}) keeps names', () => {
    const scope = python.ref({ a: 1 })
    python.exec('b = a + 1\ndef f(): return b', scope)
    expect(python.eval('f()', scope)).toBe(2)
    expect((thrown(() => python.eval('b')) as PythonError).type).toBe('NameError')
    expect(scope.get('b')).toBe(2)
    python.exec('b = 7', scope)
    expect(scope.get('f')()).toBe(7)
  })

  test('a dict of a module is a scope', () => {
    const module = python.import('types').ModuleType('made_up')
    python.exec('x = 1', module.__dict__)
    expect(module.x).toBe(1)
  })

  test('null and undefined are the default scope', () => {
    python.exec('here = 1', undefined)
    expect(python.eval('here', undefined)).toBe(1)
    expect(python.eval('here', null as unknown as Scope)).toBe(1)
  })

  test.each([
    ['a number', 5],
    ['a string', 'x'],
    ['an Array', [1]],
    ['a function', () => {}],
    ['a boolean', false],
    ['a list of Python', python.ref([1])],
    ['a module', python.import('math')],
  ])('%s is not a scope', (_, scope) => {
    expect(refusal('INVALID_ARGUMENT', () => python.eval('1', scope as Scope))).toContain('scope')
    expect(refusal('INVALID_ARGUMENT', () => python.exec('1', scope as Scope))).toContain('scope')
  })
})

describe('python.run', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pybridge-run-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))
  const file = (name: string, source: string) => {
    const path = join(folder, name)
    writeFileSync(path, source)
    return path
  }

  test('runs a file as __main__, and gives its globals, live', () => {
    const path = file(
      'script.py',
      'import sys\nname = __name__\nitems = [1]\nmine = __file__\nargv = sys.argv[0]\ndef count(): return len(items)\n',
    )
    const globals = python.run(path)
    expect(typeName(globals)).toBe('dict')
    expect(globals.get('name')).toBe('__main__')
    expect(globals.get('mine')).toBe(path)
    expect(globals.get('argv')).toBe(path)
    python`${globals}['items'].append(2)`
    expect(globals.get('count')()).toBe(2)
    expect(python.eval('__name__')).toBe('__main__')
  })

  test('functions of the file still find their globals and each other', () => {
    const globals = python.run(
      file(
        'later.py',
        'import math\nlimit = 3\ndef a(): return b() + math.floor(limit)\ndef b(): return 1\n',
      ),
    )
    expect(globals.get('a')()).toBe(4)
  })

  test('what it raises has the frames of the file', () => {
    const path = file('fails.py', 'def f():\n    raise KeyError("k")\n\nf()\n')
    const error = thrown(() => python.run(path)) as PythonError
    expect(error.type).toBe('KeyError')
    expect(error.frames.at(-1)).toEqual({
      file: path,
      line: 2,
      name: 'f',
      source: 'raise KeyError("k")',
    })
  })

  test('a file that is not there, or is not Python', () => {
    expect((thrown(() => python.run(join(folder, 'no.py'))) as PythonError).is('OSError')).toBe(
      true,
    )
    const path = file('bad.py', 'x = = 1\n')
    const error = thrown(() => python.run(path)) as PythonError
    expect(error.type).toBe('SyntaxError')
    expect(error.value.filename).toBe(path)
  })

  test('sys.exit in it is a SystemExit, and the process lives', () => {
    const error = thrown(() =>
      python.run(file('exits.py', 'import sys\nsys.exit(3)\n')),
    ) as PythonError
    expect(error.type).toBe('SystemExit')
    expect(error.value.code).toBe(3)
  })
})

describe('python.import', () => {
  test.each(['math', 'os.path', 'xml.etree.ElementTree', 'concurrent.futures'])('%s', (name) => {
    const module = python.import(name)
    expect(
      python.eval(`lambda m: m is __import__('sys').modules[${JSON.stringify(name)}]`)(module),
    ).toBe(true)
    expect(python.import(name)).toBe(module)
  })

  test.each([
    ['no_such_module_here', 'ModuleNotFoundError'],
    ['math.nothing', 'ModuleNotFoundError'],
    ['', 'ValueError'],
    ['.relative', 'KeyError'],
  ])('%j raises %s', (name) => {
    expect(thrown(() => python.import(name))).toBeInstanceOf(PythonError)
  })

  test('an error in the module is thrown, and it can be imported later', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pybridge-import-'))
    const path = python.import('sys').path
    path.insert(0, folder)
    writeFileSync(join(folder, 'half_written.py'), 'raise OSError("not yet")\n')
    const error = thrown(() => python.import('half_written')) as PythonError
    expect(error.message).toBe('not yet')
    expect(error.frames.at(-1)?.file).toBe(join(folder, 'half_written.py'))
    writeFileSync(join(folder, 'half_written.py'), 'answer = 42 + 0\n')
    python.import('importlib').invalidate_caches()
    expect(python.import('half_written').answer).toBe(42)
    path.remove(folder)
    rmSync(folder, { recursive: true })
  })
})

describe('what is wrong with an argument', () => {
  const wrong = [undefined, null, 5, {}, [], () => {}, Symbol('s'), new String('1')]
  test.each([
    ['eval', (value: never) => python.eval(value)],
    ['exec', (value: never) => python.exec(value)],
    ['run', (value: never) => python.run(value)],
    ['import', (value: never) => python.import(value)],
  ])('python.%s takes a string', (name, body) => {
    for (const value of wrong) {
      expect(refusal('INVALID_ARGUMENT', () => body(value as never))).toContain(`python.${name}`)
    }
  })
})

describe('what is known of Python', () => {
  test('builtins', () => {
    expect(python.builtins.len('abc')).toBe(3)
    expect(python.builtins).toBe(python.import('builtins'))
    expect(python.builtins.print.__name__).toBe('print')
  })

  test('version', () => {
    expect(python.version).toMatch(/^3\.\d+\.\d+$/)
    expect(python.eval('__import__("sys").version')).toContain(python.version)
  })

  test('info', () => {
    expect(python.info.version).toContain(python.version)
    expect(Array.isArray(python.info.steps)).toBe(true)
  })

  test('the surface cannot be broken by mistake', () => {
    expect(typeof python).toBe('function')
    for (const name of ['eval', 'exec', 'run', 'import', 'ref', 'copy', 'start']) {
      expect(typeof (python as unknown as Record<string, unknown>)[name]).toBe('function')
    }
    const { eval: evaluate } = python
    expect(evaluate('1')).toBe(1)
  })
})

describe('python.ref and python.copy', () => {
  test.each([
    ['a list', [1, [2]], 'list'],
    ['a dict', { a: { b: 1 } }, 'dict'],
    ['a Map', new Map([[1, 2]]), 'Map'],
    ['a set', new Set([1]), 'Set'],
    ['a number', 5, 'int'],
    ['a fraction', 1.5, 'float'],
    ['a string', 'text', 'str'],
    ['null', null, 'NoneType'],
    ['a boolean', true, 'bool'],
    ['a big integer', 2n ** 70n, 'int'],
    ['bytes', Buffer.from('abc'), 'bytes'],
  ])('%s stays in Python, and comes back as a copy', (_, value, type) => {
    const ref = python.ref(value)
    expect(typeof ref).toBe('object')
    expect(typeName(ref)).toBe(type)
    expect(python.copy(ref)).toEqual(value)
  })

  test('a reference to what is a reference is the same', () => {
    const list = python.ref([1])
    expect(python.ref(list)).toBe(list)
    const f = (x: number) => x + 1
    expect(python.ref(f)(1)).toBe(2)
    expect(python.eval('lambda f: f')(python.ref(f))).toBe(f)
  })

  test('undefined is the singleton', () => {
    const ref = python.ref(undefined)
    expect(python.copy(ref)).toBeUndefined()
    expect(`${ref}`).toBe('undefined')
  })

  test.each([
    [0, (list: unknown) => list],
    [1, () => [1, 'proxy']],
    [2, () => [1, [2, 'proxy']]],
    [3, () => [1, [2, { a: [3] }]].slice(0, 1)],
  ])('a depth of %d leaves deeper containers as proxies', (depth) => {
    const list = python.ref([1, [2, { a: [3] }]])
    const levels: string[] = []
    let at = python.copy(list, { depth })
    for (let i = 0; i < 4; i++) {
      const isCopy = Array.isArray(at) || Object.getPrototypeOf(at) === Object.prototype
      levels.push(isCopy ? 'copy' : 'proxy')
      if (!isCopy) break
      at = i === 2 ? at.a : at[1]
      if (i === 2) at = python.ref(at)
    }
    expect(levels.filter((level) => level === 'copy')).toHaveLength(depth)
  })

  test.each([-1, 1.5, Number.NaN, 'x', null])('%o is no depth', (depth) => {
    const list = python.ref([1])
    refusal('INVALID_ARGUMENT', () => python.copy(list, { depth: depth as number }))
  })

  test('Infinity, and more than fits, is all', () => {
    const list = python.ref([[[[1]]]])
    expect(python.copy(list, { depth: 2 ** 40 })).toEqual([[[[1]]]])
    expect(python.copy(list, { depth: Number.POSITIVE_INFINITY })).toEqual([[[[1]]]])
  })

  test('subclasses are copied as what they hold', () => {
    python.exec(`
      import collections, enum
      class Color(enum.IntEnum): RED = 1
      Point = collections.namedtuple('Point', 'x y')
      class Name(str): pass
    `)
    expect(python.copy(python.eval('collections.OrderedDict(a=1)'))).toEqual({ a: 1 })
    expect(python.copy(python.eval('Color.RED'))).toBe(1)
    expect(python.copy(python.eval('Point(1, [2])'))).toEqual([1, [2]])
    expect(python.copy(python.eval('Name("n")'))).toBe('n')
    expect(python.copy(python.eval('collections.Counter("aab")'))).toEqual({ a: 2, b: 1 })
    expect(typeof python.eval('Color.RED')).toBe('object')
  })

  test('what has no copy is given as it is', () => {
    const object = python.eval('object()')
    expect(python.copy(object)).toBe(object)
    const f = python.eval('len')
    expect(python.copy(f)).toBe(f)
    for (const value of [1, 'a', null, undefined, true]) expect(python.copy(value)).toBe(value)
    const array = [1]
    expect(python.copy(array)).toBe(array)
  })

  test('what was released is refused', () => {
    const list = python.ref([1])
    list[Symbol.dispose]()
    refusal('RELEASED', () => python.copy(list))
    refusal('RELEASED', () => python.ref(list))
    refusal('RELEASED', () => python.ref([list]))
    refusal('RELEASED', () => typeName(list))
    refusal('RELEASED', () => python`${list}`)
    refusal('RELEASED', () => python.eval('1', list))
    const f = python.eval('lambda: 1')
    f[Symbol.dispose]()
    refusal('RELEASED', () => f())
    refusal('RELEASED', () => f(1, [2]))
  })
})
