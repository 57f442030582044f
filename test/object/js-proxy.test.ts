// A function of JavaScript, seen from Python.
import { describe, expect, test } from 'vitest'
import { python } from '../../lib/index.js'

const atLeast = (version: number) => python.import('sys').version_info.minor >= version

test('__name__, __qualname__ and repr', () => {
  const about = python.eval('lambda f: [f.__name__, f.__qualname__, repr(f), str(f)]')
  expect(about(function named() {})).toEqual([
    'named',
    'named',
    '<JsProxy named>',
    '<JsProxy named>',
  ])
  expect(about(() => {})).toEqual(['', '', '<JsProxy >', '<JsProxy >'])
  expect(about(class Foo {})).toEqual(['Foo', 'Foo', '<JsProxy Foo>', '<JsProxy Foo>'])
})

test.each([
  ['not a string', { value: 5 }, ''],
  [
    'an accessor that throws',
    {
      get: () => {
        throw new Error('no name')
      },
    },
    '',
  ],
  ['an accessor that calls Python', { get: () => python.eval('[1, "x"]')[1] }, 'x'],
  ['astral', { value: '😀' }, '😀'],
  ['half a character', { value: 'a\ud800' }, 'a\ud800'],
  ['with NUL', { value: 'a\0b' }, 'a\0b'],
])('a name that is %s', (_, property, name) => {
  const f = Object.defineProperty(() => {}, 'name', property as PropertyDescriptor)
  expect(python.eval('lambda f: f.__name__')(f)).toBe(name)
  expect(python.eval('repr')(f)).toBe(`<JsProxy ${name}>`)
  expect(python.eval('1 + 1')).toBe(2)
})

test('it is callable, true, hashable, and equal to itself only', () => {
  const f = () => {}
  expect(
    python.eval(
      'lambda f, g: [callable(f), bool(f), f == f, f == g, f != g, {f: 1}[f], len({f, g})]',
    )(f, () => {}),
  ).toEqual([true, true, true, false, true, 1, 2])
})

test('it has a type of its own, which cannot be subclassed and makes nothing of use', () => {
  python.exec('import pybridge')
  expect(python.eval('lambda f: type(f) is pybridge.JsProxy')(() => {})).toBe(true)
  expect(() => python.exec('class Mine(pybridge.JsProxy): pass')).toThrow(
    'not an acceptable base type',
  )
  expect(() => python.eval('pybridge.JsProxy()()')).toThrow('stands for nothing')
  expect(python.eval('repr(pybridge.JsProxy())')).toBe('<JsProxy >')
  const made = python.eval('pybridge.JsProxy()')
  expect(python.eval('lambda v: type(v) is pybridge.JsProxy')(made)).toBe(true)
})

test('weak references (Python 3.9 and later)', () => {
  const make = 'lambda f: __import__("weakref").ref(f)() is f'
  if (atLeast(9)) expect(python.eval(make)(() => {})).toBe(true)
  else expect(() => python.eval(make)(() => {})).toThrow('cannot create weak reference')
})

test.runIf(atLeast(9))('a weak reference is cleared when Python drops the function', () => {
  python.exec(
    'import weakref\nlost = []\ndef watch(f): return weakref.ref(f, lambda ref: lost.append(1))',
  )
  using ref = python.eval('watch')(() => {})
  expect(ref()).toBe(null)
  expect(python.eval('lost')).toEqual([1])
})

test('it cannot be pickled', () => {
  expect(() => python.import('pickle').dumps(() => {})).toThrow(/pickle/)
})

describe('used as Python uses functions', () => {
  test('as a sort key', () => {
    python.exec('def sort(rows, f): return sorted(rows, key=f)')
    expect(python.eval('sort')([3, 1, 2], (n: number) => -n)).toEqual([3, 2, 1])
    expect(python.eval('lambda f: max([1, 5, 3], key=f)')((n: number) => Math.abs(n - 3))).toBe(1)
  })

  test('in map, filter and reduce', () => {
    expect(
      python.eval('lambda f: list(map(f, [1, 2], [10, 20]))')((a: number, b: number) => a + b),
    ).toEqual([11, 22])
    expect(python.eval('lambda f: list(filter(f, range(5)))')((n: number) => n % 2 === 0)).toEqual([
      0, 2, 4,
    ])
    expect(python.import('functools').reduce((a: number, b: number) => a * b, [1, 2, 3, 4])).toBe(
      24,
    )
  })

  test('with functools.partial, wraps and lru_cache', () => {
    const functools = python.import('functools')
    const add = (a: number, b: number) => a + b
    expect(functools.partial(add, 1)(2)).toBe(3)
    let calls = 0
    const cached = functools.lru_cache((n: number) => {
      calls++
      return n * 2
    })
    expect([cached(4), cached(4), calls]).toEqual([8, 8, 1])
    expect(python.eval('lambda f: __import__("functools").wraps(f)(lambda: 1).__name__')(add)).toBe(
      'add',
    )
  })

  test('as a decorator', () => {
    python.exec('def decorate(f):\n    @f\n    def inner(x): return x + 1\n    return inner')
    const twice = (inner: (n: number) => number) => (n: number) => inner(inner(n))
    expect(python.eval('decorate')(twice)(5)).toBe(7)
  })

  test('as an attribute of a class, where it is no method', () => {
    python.exec('class Holder: pass')
    const Holder = python.eval('Holder')
    Holder.f = (...args: unknown[]) => args.length
    expect(new Holder().f(1, 2)).toBe(2)
  })

  test('as a default factory and a context callback', () => {
    const made = python.import('collections').defaultdict(() => [1])
    expect(python`${made}['x']`).toEqual([1])
    const seen: string[] = []
    python.eval('lambda f: __import__("contextlib").ExitStack().callback(f, 1)')(() =>
      seen.push('never'),
    )
    expect(seen).toEqual([])
  })
})
