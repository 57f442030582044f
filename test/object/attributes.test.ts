import { describe, expect, test } from 'vitest'
import { PythonError, python } from '../../lib/index.js'
import { refusal } from '../fixtures/thrown.js'

python.exec(`
class Point:
    unit = 'm'

    def __init__(self, x, y):
        self.x = x
        self.y = y
        self.tags = ['a']

    @property
    def broken(self):
        return self.nothing

    @property
    def raising(self):
        raise ValueError('no')

    def norm(self):
        return (self.x ** 2 + self.y ** 2) ** 0.5

class Dynamic:
    def __getattr__(self, name):
        if name.startswith('get'):
            return name
        raise AttributeError(name)

class Slots:
    __slots__ = ('a',)
`)
const point = () => python.eval('Point(3, 4)')

describe('an attribute', () => {
  test.each([
    ['of the instance', 'x', 3],
    ['of the class', 'unit', 'm'],
    ['that is missing', 'z', undefined],
  ])('%s reads as Python has it', (_, name, expected) => {
    expect(point()[name]).toBe(expected)
  })

  test('that is a method is bound, and called with its object', () => {
    expect(point().norm()).toBe(5)
    const { norm } = point()
    expect(norm()).toBe(5)
  })

  test('that is set is set in Python, and converted as an argument is', () => {
    const p = point()
    p.x = 30
    p.extra = { a: [1] }
    expect(python`${p}.x + len(${p}.extra['a'])`).toBe(31)
  })

  test('that is deleted is gone', () => {
    const p = point()
    delete p.x
    expect('x' in p).toBe(false)
    expect(() => delete p.x).toThrow(PythonError)
  })

  test('whose property raises AttributeError within is thrown, not undefined', () => {
    expect(() => point().broken).toThrow(/has no attribute 'nothing'/)
    expect('broken' in point()).toBe(true)
  })

  test('whose property raises anything else is thrown', () => {
    expect(() => point().raising).toThrow('no')
  })

  test('that __getattr__ answers is there, one that it refuses is not', () => {
    const dynamic = python.eval('Dynamic()')
    expect(dynamic.getAnything).toBe('getAnything')
    expect(dynamic.other).toBeUndefined()
  })

  test('that slots do not have yet is missing; one that they cannot have throws when set', () => {
    const slots = python.eval('Slots()')
    expect(() => slots.a).toThrow(PythonError) // the class has it: reading it fails within
    slots.a = 1
    expect(slots.a).toBe(1)
    expect(() => {
      slots.b = 2
    }).toThrow(PythonError)
  })

  test.each(['é', 'with space', '日本', '__proto__', 'constructor', 'hasOwnProperty'])(
    'may be called %s',
    (name) => {
      const space = python.eval('__import__("types").SimpleNamespace()')
      expect(space[name]).toBeUndefined()
      space[name] = 7
      expect(space[name]).toBe(7)
      expect(python`getattr(${space}, ${name})`).toBe(7)
    },
  )

  test('with a symbol for a name cannot be set or deleted', () => {
    const p = point()
    expect(p[Symbol('s')]).toBeUndefined()
    expect(refusal('INVALID_ARGUMENT', () => (p[Symbol('s')] = 1))).toContain('Symbol(s)')
    expect(refusal('INVALID_ARGUMENT', () => delete p[Symbol('s')])).toContain('Symbol(s)')
  })
})

describe('what is reached through an attribute', () => {
  test.each(['[1]', '{"a": 1}', '{1}', 'bytearray(b"x")'])(
    'is live where it is mutable: %s',
    (source) => {
      const space = python.eval(`__import__('types').SimpleNamespace(value=${source})`)
      expect(space.value).toBe(space.value)
      expect(python`${space.value} is ${space}.value`).toBe(true)
    },
  )

  test('is live inside a tuple too, which is copied', () => {
    const space = python.eval('__import__("types").SimpleNamespace(value=([1], 2))')
    expect(Array.isArray(space.value)).toBe(true)
    space.value[0].append(5)
    expect(python`${space}.value[0]`).toEqual([1, 5])
  })

  test('changes Python when it is changed', () => {
    const p = point()
    p.tags.append('b')
    expect(python.copy(p.tags)).toEqual(['a', 'b'])
    const sys = python.import('sys')
    sys.path.append('/pybridge-test')
    expect(python.eval('"/pybridge-test" in __import__("sys").path')).toBe(true)
    sys.path.remove('/pybridge-test')
  })
})

describe('names', () => {
  test('are listed as dir() has them, without the private ones', () => {
    const keys = Object.keys(point())
    expect(keys).toContain('x')
    expect(keys).toContain('norm')
    expect(keys.every((name) => !name.startsWith('_'))).toBe(true)
  })

  test('are all found by `in`', () => {
    expect('__class__' in point()).toBe(true)
    expect('x' in point()).toBe(true)
    expect('zzz' in point()).toBe(false)
    expect(Symbol.iterator in point()).toBe(false)
    expect(Symbol.iterator in python.ref([])).toBe(true)
  })

  test('a proxy cannot be frozen, sealed or given a prototype', () => {
    expect(() => Object.freeze(point())).toThrow(TypeError)
    expect(() => Object.setPrototypeOf(point(), {})).toThrow(TypeError)
  })
})
