import { describe, expect, test } from 'vitest'
import { BridgeError, PythonError, python } from '../../lib/index.js'
import { refusal, thrown } from '../fixtures/thrown.js'

python.exec(`
import types

class Sample:
    kind = 'class attribute'
    def __init__(self):
        self.name = 'n'
        self.rows = [1]
        self._hidden = 1
    @property
    def good(self):
        return 42
    @property
    def broken(self):
        return self.nothing
    @property
    def failing(self):
        raise ValueError('from a property')
    @property
    def wrong_name(self):
        raise AttributeError('wrong_name')
    @staticmethod
    def double(x):
        return x * 2
    @classmethod
    def make(cls):
        return cls()
    def method(self, *args):
        return [self.name, *args]

class Interrupted:
    def __getattr__(self, name):
        raise KeyboardInterrupt

class Delegating:
    def __init__(self, inner):
        self.inner = inner
    def __getattr__(self, name):
        return getattr(self.inner, name)

class Refusing:
    def __getattr__(self, name):
        raise AttributeError('no ' + name)

class Buggy:
    def __getattr__(self, name):
        return self.__class__.not_there

class Slotted:
    __slots__ = ('filled', 'empty')
    def __init__(self):
        self.filled = 1

class Meta(type):
    @property
    def of_meta(cls):
        raise AttributeError('inside a property of the metaclass')

class WithMeta(metaclass=Meta):
    pass

class NoDict:
    @property
    def __dict__(self):
        raise RuntimeError('no dict')
    x = 1

class Descriptor:
    def __get__(self, instance, owner):
        raise AttributeError('inside a descriptor')

class WithDescriptor:
    field = Descriptor()

lazy_module = types.ModuleType('lazy')
exec('def __getattr__(name):\\n    if name == "late": return 7\\n    raise AttributeError(name)', lazy_module.__dict__)
`)
const sample = () => python.eval('Sample()')

describe('reading', () => {
  test('an attribute of any kind', () => {
    const s = sample()
    expect([s.name, s.kind, s.good]).toEqual(['n', 'class attribute', 42])
    expect(s.double(4)).toBe(8)
    expect(s.make().name).toBe('n')
    expect(s.method(1, 2)).toEqual(['n', 1, 2])
    expect(python.eval('lazy_module').late).toBe(7)
  })

  test('a method keeps its object, however it is called', () => {
    const { method } = sample()
    expect(method()).toEqual(['n'])
    expect([1, 2].map((n) => method(n))).toEqual([
      ['n', 1],
      ['n', 2],
    ])
    expect(Reflect.apply(method, null, [5])).toEqual(['n', 5])
  })

  test.each([
    ['an object', 'Sample()'],
    ['a module', 'types'],
    ['a module with __getattr__', 'lazy_module'],
    ['a class', 'Sample'],
    ['a builtin', 'len'],
    ['an object that delegates', 'Delegating(Sample())'],
    ['an object that delegates twice', 'Delegating(Delegating(Sample()))'],
    ['an object whose __getattr__ refuses', 'Refusing()'],
    ['an exception of the system', 'type("E", (), {"x": OSError()})().x.__class__'],
    ['an object with slots', 'Slotted()'],
    ['an object whose __dict__ raises', 'NoDict()'],
  ])('one that is missing is undefined: %s', (_, source) => {
    const object = python.eval(source)
    expect(object.not_there).toBeUndefined()
    expect('not_there' in object).toBe(false)
    expect(object?.not_there?.deeper).toBeUndefined()
  })

  test('a slot that is empty, and a builtin attribute without a value, are missing', () => {
    const slotted = python.eval('Slotted()')
    expect([slotted.filled, slotted.empty]).toEqual([1, undefined])
    expect('empty' in slotted).toBe(false)
    expect(python.builtins.int.__abstractmethods__).toBeUndefined()
  })

  test.each([
    ['a property', 'Sample()', 'broken', "no attribute 'nothing'"],
    ['a property that names itself', 'Sample()', 'wrong_name', 'wrong_name'],
    ['a property behind delegation', 'Delegating(Sample())', 'broken', "no attribute 'nothing'"],
    ['a descriptor', 'WithDescriptor()', 'field', 'inside a descriptor'],
    ['a descriptor of a class', 'WithDescriptor', 'field', 'inside a descriptor'],
    ['a property of a metaclass', 'WithMeta', 'of_meta', 'inside a property of the metaclass'],
  ])('an AttributeError from within %s is thrown', (_, source, name, message) => {
    const object = python.eval(source)
    // Before 3.10 an AttributeError does not say which attribute it means.
    const tells = python.eval('hasattr(AttributeError(), "name")')
    if (!tells && source.startsWith('Delegating')) return
    const error = thrown(() => object[name])
    expect(error).toBeInstanceOf(PythonError)
    expect((error as PythonError).type).toBe('AttributeError')
    expect((error as PythonError).message).toContain(message)
    expect(name in object).toBe(true)
  })

  test('another exception from within is thrown', () => {
    expect(() => sample().failing).toThrow('from a property')
    expect('failing' in sample()).toBe(true)
    expect(() => 'anything' in python.eval('Interrupted()')).toThrow(PythonError)
  })

  test.each([
    'constructor',
    'toString',
    'valueOf',
    'hasOwnProperty',
    '__proto__',
    'prototype',
    'name',
    'length',
    'call',
    'apply',
    'bind',
    'caller',
    'arguments',
  ])('%s is Python’s attribute, when it has one', (name) => {
    const space = python.eval(`types.SimpleNamespace(**{${JSON.stringify(name)}: 'mine'})`)
    expect(space[name]).toBe('mine')
    const f = python.eval(
      `(lambda f: (setattr(f, ${JSON.stringify(name)}, 'mine'), f)[1])(lambda: 1)`,
    )
    expect(f[name]).toBe('mine')
  })

  test.each([
    'constructor',
    'valueOf',
    'hasOwnProperty',
    '__proto__',
    'prototype',
    'name',
    'length',
    'call',
    'apply',
    'bind',
    'id',
    'self',
    'then',
  ])('%s is undefined where Python has none, whatever JavaScript puts there', (name) => {
    expect(python.eval('types.SimpleNamespace()')[name]).toBeUndefined()
    expect(python.eval('lambda: 1')[name]).toBeUndefined()
    expect(python.eval('Sample')[name]).toBeUndefined()
  })

  test('names of any text', () => {
    for (const name of [
      'größe',
      '名',
      '😀',
      '\ud800',
      'a\0b',
      '',
      'with space',
      '1.5',
      '01',
      '4294967295',
    ]) {
      const space = python.eval('types.SimpleNamespace()')
      python.builtins.setattr(space, name, 5)
      expect(space[name]).toBe(5)
      space[name] = 6
      expect(python.builtins.getattr(space, name)).toBe(6)
      expect(name in space).toBe(true)
      delete space[name]
      expect(space[name]).toBeUndefined()
    }
  })

  test('a proxy can be returned from an async function', async () => {
    const module = await (async () => python.import('json'))()
    expect(module.loads('[1]')).toEqual([1])
    const clashing = python.eval('types.SimpleNamespace(then=lambda *a: 1)')
    expect(await Promise.resolve(clashing)).toBe(clashing)
  })
})

describe('writing', () => {
  test('converts like an argument', () => {
    const s = sample()
    s.name = { a: [1n, null] }
    expect(python.eval('lambda s: repr(s.name)')(s)).toBe("{'a': [1, None]}")
    s.rows = s.name
    expect(python.eval('lambda s: s.rows is s.name')(s)).toBe(true)
  })

  test('what Python refuses is thrown', () => {
    expect(() => {
      sample().good = 1
    }).toThrow(PythonError)
    expect(() => {
      python.eval('Slotted()').other = 1
    }).toThrow("'Slotted' object has no attribute 'other'")
    expect(() => {
      python.builtins.int.x = 1
    }).toThrow(/immutable type|built-in\/extension type/)
  })

  test('Object.assign and Object.defineProperty write', () => {
    const s = sample()
    Object.assign(s, { name: 'new', more: 1 })
    Object.defineProperty(s, 'other', {
      value: 2,
      configurable: true,
      writable: true,
      enumerable: true,
    })
    expect([s.name, s.more, s.other]).toEqual(['new', 1, 2])
  })

  test('symbols belong to JavaScript: they cannot be written or deleted', () => {
    const s = sample()
    refusal('INVALID_ARGUMENT', () => {
      s[Symbol('x')] = 1
    })
    refusal('INVALID_ARGUMENT', () => delete s[Symbol.iterator])
    expect(s[Symbol('x')]).toBeUndefined()
  })
})

describe('deleting', () => {
  test('an attribute', () => {
    const s = sample()
    expect(delete s.name).toBe(true)
    expect(s.name).toBeUndefined()
  })

  test('one that is not there throws, as in Python', () => {
    const error = thrown(() => delete sample().nope) as PythonError
    expect(error.type).toBe('AttributeError')
  })
})

describe('keys', () => {
  test('are the public names of dir()', () => {
    const keys = Object.keys(sample())
    expect(keys).toEqual([
      'broken',
      'double',
      'failing',
      'good',
      'kind',
      'make',
      'method',
      'name',
      'rows',
      'wrong_name',
    ])
    expect(Object.keys(python.eval('types.SimpleNamespace(b=1, a=2)'))).toEqual(['a', 'b'])
    expect({ ...python.eval('types.SimpleNamespace(b=1, a=2)') }).toEqual({ a: 2, b: 1 })
    expect(Object.keys(python.import('math'))).toContain('sqrt')
  })

  test('for…in goes through them', () => {
    const names: string[] = []
    for (const name in python.eval('types.SimpleNamespace(b=1, a=2)')) names.push(name)
    expect(names).toEqual(['a', 'b'])
  })

  test.each([
    ['names twice', '["a", "b", "a"]', ['a', 'b']],
    ['names that a string cannot hold', '["a", "\\ud83d" + "\\ude00"]', ['a']],
    ['subclasses of str', '[type("S", (str,), {})("a"), "b"]', ['b']],
  ])('__dir__ may answer with %s', (_, names, expected) => {
    const object = python.eval(
      `type("D", (), {"__dir__": lambda self: ${names}, "a": 1, "b": 2})()`,
    )
    expect(Object.keys(object)).toEqual(expected)
  })

  test('__dir__ that raises: its exception arrives', () => {
    const object = python.eval('type("D", (), {"__dir__": lambda self: 1 / 0})()')
    expect(() => Object.keys(object)).toThrow('division by zero')
  })

  test('Object.hasOwn and in agree', () => {
    const s = sample()
    expect(Object.hasOwn(s, 'name')).toBe(true)
    expect(Object.hasOwn(s, 'nope')).toBe(false)
    expect(Object.getOwnPropertyDescriptor(s, '_hidden')?.enumerable).toBe(false)
  })
})

describe('a proxy is no ordinary object', () => {
  test('it cannot be frozen, sealed, or given a prototype', () => {
    for (const object of [sample(), python.eval('len'), python.eval('Sample')]) {
      expect(() => Object.freeze(object)).toThrow(TypeError)
      expect(() => Object.seal(object)).toThrow(TypeError)
      expect(() => Object.preventExtensions(object)).toThrow(TypeError)
      expect(() => Object.setPrototypeOf(object, {})).toThrow(TypeError)
      expect(Object.isFrozen(object)).toBe(false)
    }
  })

  test('typeof says function for what can be called', () => {
    expect(typeof sample()).toBe('object')
    expect(typeof python.eval('len')).toBe('function')
    expect(typeof python.eval('Sample')).toBe('function')
    expect(typeof python.import('math')).toBe('object')
  })
})

test('100,001 different names: those kept are forgotten, and all is right', () => {
  const space = python.eval('types.SimpleNamespace(known=1)')
  for (let i = 0; i < 100_001; i++) {
    if (`n${i}` in space) throw new Error('it is not there')
  }
  expect(space.known).toBe(1)
})

test('a released proxy refuses everything, with what it was', () => {
  const s = sample()
  s[Symbol.dispose]()
  const uses: (() => unknown)[] = [
    () => s.name,
    () => s[0],
    () => {
      s.name = 1
    },
    () => delete s.name,
    () => 'name' in s,
    () => Object.keys(s),
    () => `${s}`,
    () => [...s],
    () => JSON.stringify(s),
    () => python.copy(s),
    () => python.eval('lambda v: v')(s),
    () => python.eval('lambda v: v')([s]),
  ]
  for (const use of uses) expect(refusal('RELEASED', use)).toContain('an object of __main__.Sample')
  expect(thrown(() => s.name)).toBeInstanceOf(BridgeError)
})
