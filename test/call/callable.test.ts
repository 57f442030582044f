// Arguments and results of a call.
import { describe, expect, test } from 'vitest'
import { kw, PythonError, python, withOptions } from '../../lib/index.js'
import { refusal, thrown } from '../fixtures/thrown.js'

const args = python.eval('lambda *args: args')
const types = python.eval('lambda *args: [type(a).__name__ for a in args]')
const echo = python.eval('lambda value: value')

const kinds: [string, unknown][] = [
  ['int', 1],
  ['float', 1.5],
  ['str', 'text'],
  ['bool', true],
  ['NoneType', null],
  ['int', 2n ** 70n],
  ['list', [1]],
  ['dict', { a: 1 }],
  ['JsProxy', () => {}],
  ['Set', new Set([1])],
]

describe.each(Array.from({ length: 21 }, (_, count) => count))('%d arguments', (count) => {
  test('of scalars', () => {
    const values = Array.from({ length: count }, (_, i) => i)
    expect(args(...values)).toEqual(values)
    expect(withOptions(args, {})(...values)).toEqual(values)
  })

  test('of all kinds', () => {
    const picked = Array.from(
      { length: count },
      (_, i) => kinds[(i * 3) % kinds.length] as [string, unknown],
    )
    expect(types(...picked.map(([, value]) => value))).toEqual(picked.map(([type]) => type))
  })

  test('and trailing ones that are undefined', () => {
    const values = Array.from({ length: count }, (_, i) => i)
    for (const more of [1, 2, 12]) {
      expect(args(...values, ...Array(more).fill(undefined))).toEqual(values)
    }
  })

  test.runIf(count > 0)('each place may be refused, and is named', () => {
    for (let place = 0; place < count; place++) {
      const values: unknown[] = Array(count).fill(0)
      values[place] = [kw({ a: 1 })]
      expect(refusal('CONVERSION', () => args(...values))).toContain(`argument ${place} `)
      values[place] = undefined
      if (place < count - 1) {
        expect(refusal('CONVERSION', () => args(...values))).toContain(
          `argument ${place} is undefined`,
        )
      }
    }
  })
})

test('10,000 arguments', () => {
  const values = Array.from({ length: 10_000 }, (_, i) => i)
  expect(args(...values)).toEqual(values)
})

test('the wrong number is a TypeError of Python', () => {
  expect((thrown(() => echo()) as PythonError).type).toBe('TypeError')
  expect((thrown(() => echo(1, 2)) as PythonError).type).toBe('TypeError')
})

test('a callable is a function like any other', () => {
  const len = python.builtins.len
  expect(typeof len).toBe('function')
  expect([[1], [1, 2]].map((items) => len(items))).toEqual([1, 2])
  expect(Reflect.apply(len, null, ['abc'])).toBe(3)
  const bound = python.ref([1]).append
  bound(2)
  expect(python.copy(bound.__self__)).toEqual([1, 2])
})

test.each([
  ['a builtin', 'len', ['abc'], 3],
  ['a lambda', 'lambda x: x + 1', [1], 2],
  ['a bound method', '"abc".upper', [], 'ABC'],
  ['an unbound method', 'str.upper', ['abc'], 'ABC'],
  ['a class', 'complex', [1], null],
  ['a partial', '__import__("functools").partial(int, base=2)', ['101'], 5],
  ['an instance with __call__', 'type("C", (), {"__call__": lambda self, x: x * 2})()', [4], 8],
  ['a static method', 'dict.fromkeys', [['a']], { a: null }],
  ['a method with slots', '(5).__add__', [1], 6],
])('%s is called', (_, source, values, expected) => {
  const result = python.eval(source)(...values)
  if (expected !== null) expect(result).toEqual(expected)
})

test('what cannot be called has no call', () => {
  const object = python.eval('object()')
  expect(typeof object).toBe('object')
  expect(() => object()).toThrow(TypeError)
})

test('new makes an instance, and keeps it in Python', () => {
  const List = python.eval('list')
  const list = new List([1, 2])
  list.append(3)
  expect(python.copy(list)).toEqual([1, 2, 3])
  expect(python.copy(new (python.eval('dict'))(kw({ a: 1 })))).toEqual({ a: 1 })
  const Fails = python.eval('type("F", (), {"__init__": lambda self: 1 / 0})')
  expect((thrown(() => new Fails()) as PythonError).type).toBe('ZeroDivisionError')
})

describe('withOptions', () => {
  test.each([
    ['a list', '[1]', [1]],
    ['a number', '5', 5],
    ['a string', '"x"', 'x'],
    ['None', 'None', null],
    ['a boolean', 'True', true],
    ['a tuple', '(1, 2)', [1, 2]],
    ['bytes', 'b"x"', Buffer.from('x')],
    ['the singleton', '__import__("pybridge").undefined', undefined],
  ])("returns 'ref' keeps %s in Python, 'auto' does not", (_, source, value) => {
    const f = python.eval(`lambda *args, **kwargs: ${source}`)
    const ref = withOptions(f, { returns: 'ref' })
    expect(typeof ref()).toBe('object')
    expect(python.copy(ref())).toEqual(value)
    expect(python.copy(ref(1, [2], kw({ a: 1 })))).toEqual(value)
    expect(withOptions(f, { returns: 'auto' })()).toEqual(value)
    expect(withOptions(f, {})()).toEqual(value)
  })

  test("returns 'ref' of what is a JavaScript function is that function, and an object its proxy", () => {
    const ref = withOptions(echo, { returns: 'ref' })
    const f = () => 1
    expect(ref(f)).toBe(f)
    const object = python.eval('object()')
    expect(ref(object)).toBe(object)
  })

  test("returns 'ref' of an exception", () => {
    const ref = withOptions(python.eval('lambda: ValueError("kept")'), { returns: 'ref' })
    expect(python.eval('lambda e: type(e).__name__')(ref())).toBe('ValueError')
  })

  test('errors are the same as without', () => {
    const ref = withOptions(python.eval('lambda: 1 / 0'), { returns: 'ref' })
    expect((thrown(ref) as PythonError).type).toBe('ZeroDivisionError')
    const released = python.eval('lambda: 1')
    const later = withOptions(released, { returns: 'ref' })
    released[Symbol.dispose]()
    refusal('RELEASED', later)
  })

  test.each<[string, unknown, unknown]>([
    ['a function of JavaScript', () => {}, {}],
    ['null', null, {}],
    ['an option that is not known', python.eval('len'), { modes: 'strict' }],
    ['a mode that is not known', python.eval('len'), { mode: 'exactly' }],
    ['arguments as bigints', python.eval('len'), { args: 'bigint' }],
    ['a timeout that is no number', python.eval('len'), { timeout: '5' }],
    ['a timeout below 0', python.eval('len'), { timeout: -1 }],
    ['a signal that is none', python.eval('len'), { signal: {} }],
    ['a value that is not known', python.eval('len'), { returns: 'proxy' }],
    ['no options', python.eval('len'), null],
    ['options that are no object', python.eval('len'), 'ref'],
  ])('%s is refused', (_, callable, options) => {
    refusal('INVALID_ARGUMENT', () => withOptions(callable as never, options as never))
  })
})

test('an error leaves nothing behind: the next call is right', () => {
  for (let i = 0; i < 100; i++) {
    expect(() => echo([kw({ a: 1 })])).toThrow()
    expect(() => python.eval('1 / 0')).toThrow(PythonError)
    expect(echo([i])).toEqual([i])
  }
})
