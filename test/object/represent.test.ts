// How a proxy looks: util.inspect, strings, numbers, JSON.
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { python } from '../../lib/index.js'
import { runtime } from '../fixtures/runtime.js'
import { refusal } from '../fixtures/thrown.js'

python.exec(`
import collections, decimal, fractions, types
class Unprintable:
    def __repr__(self): raise RuntimeError('no repr')
    __str__ = __repr__
class Numbers:
    'Holds many, so is none.'
    def __index__(self): raise TypeError('only one')
    def __str__(self): return '[1 2]'
`)

describe('util.inspect', () => {
  test.each([
    ['an object', 'types.SimpleNamespace(a=1)', 'namespace(a=1)'],
    ['a list', '[1, "a"]', "[1, 'a']"],
    ['a class', 'int', "<class 'int'>"],
    ['a builtin', 'len', '<built-in function len>'],
    ['a Decimal', 'decimal.Decimal("1.50")', "Decimal('1.50')"],
    ['a str', '"it\'s"', '"it\'s"'],
  ])('shows the repr of %s', (_, source, repr) => {
    const proxy = python.ref(python.eval(source))
    expect(inspect(proxy)).toBe(repr)
    expect(inspect({ deep: [proxy] })).toBe(`{ deep: [ ${repr} ] }`)
  })

  test('throws what __repr__ raises, as Python does', () => {
    expect(() => inspect(python.eval('Unprintable()'))).toThrow('no repr')
    if (runtime === 'deno') return // where inspect says so, and does not throw
    expect(() => inspect([python.eval('Unprintable()')])).toThrow('no repr')
  })

  test('what was released says so', () => {
    const list = python.ref([1])
    list[Symbol.dispose]()
    expect(inspect(list)).toBe('[released Python object]')
  })

  test('a repr with half a character', () => {
    expect(
      inspect(python.eval('type("H", (), {"__repr__": lambda s: "\\ud83d" + "\\ude00"})()')),
    ).toBeTypeOf('string')
  })

  test('showProxy harms nobody', () => {
    expect(inspect(python.ref([1]), { showProxy: true })).toBeTypeOf('string')
    expect(inspect(python.builtins.len, { showProxy: true })).toBeTypeOf('string')
  })
})

describe('as a string', () => {
  test.each([
    ['fractions.Fraction(1, 3)', '1/3'],
    ['decimal.Decimal("1.50")', '1.50'],
    ['[1, "a"]', "[1, 'a']"],
    ['int', "<class 'int'>"],
  ])('%s', (source, text) => {
    const proxy = python.ref(python.eval(source))
    expect(`${proxy}`).toBe(text)
    expect(String(proxy)).toBe(text)
    expect(proxy.toString()).toBe(text)
  })

  test('what __str__ raises arrives', () => {
    expect(() => `${python.eval('Unprintable()')}`).toThrow('no repr')
  })

  test('toString is Python’s where it has one', () => {
    expect(python.eval('types.SimpleNamespace(toString=lambda: "mine")').toString()).toBe('mine')
  })
})

describe('as a number', () => {
  const add = (a: string, b: string) => a + b

  test.each([
    ['decimal.Decimal("1.5")', 1.5],
    ['fractions.Fraction(1, 4)', 0.25],
    ['__import__("enum").IntEnum("E", "A B").B', 2],
    ['type("I", (), {"__index__": lambda self: 7})()', 7],
    ['type("F", (float,), {})(2.5)', 2.5],
  ])('%s', (source, number) => {
    const proxy = python.eval(source)
    expect(Number(proxy)).toBe(number)
    expect(proxy + 0).toBe(number)
    expect(proxy > number - 1).toBe(true)
    expect(Math.max(proxy, 0)).toBe(number)
  })

  test('a large one is a bigint', () => {
    const large = python.eval('type("I", (int,), {})(2**70)')
    expect(large + 1n).toBe(2n ** 70n + 1n)
    expect(BigInt(large)).toBe(2n ** 70n)
  })

  test('what is no number is NaN, and adds as text', () => {
    expect(Number(python.ref([1]))).toBeNaN()
    expect(add(python.ref([1]), '!')).toBe('[1]!')
    expect(add(python.builtins.int, '!')).toBe("<class 'int'>!")
    // biome-ignore lint/suspicious/noDoubleEquals: what == does is tested.
    expect(python.builtins.int == "<class 'int'>").toBe(true)
    expect(add(python.eval('Numbers()'), '!')).toBe('[1 2]!')
    expect(() => Number(python.eval('Numbers()'))).toThrow('only one')
  })
})

describe('JSON.stringify', () => {
  test.each([
    ['a list', '[1, [2, "a"], {"b": None}]', '[1,[2,"a"],{"b":null}]'],
    ['a dict', '{"a": (1, 2)}', '{"a":[1,2]}'],
    ['a str', '"text"', '"text"'],
  ])('%s', (_, source, json) => {
    const proxy = python.ref(python.eval(source))
    expect(JSON.stringify(proxy)).toBe(json)
    expect(JSON.stringify({ deep: [proxy] })).toBe(`{"deep":[${json}]}`)
  })

  test.each([
    ['an object', 'object()'],
    ['a function', 'len'],
    ['a class', 'int'],
    ['a module', 'types'],
    ['a set', '{1}'],
    ['a dict with other keys', '{1: 2}'],
    ['a set inside', '[{"a": {1}}]'],
    ['a dict with other keys inside', '[{1: 2}]'],
    ['an object inside', '[object()]'],
  ])('%s has no form in JSON: it throws, and is never {}', (_, source) => {
    const proxy = python.eval(`__import__("types").SimpleNamespace(x=${source})`).x
    const kept = source.startsWith('[') || source.startsWith('{') ? proxy : python.ref(proxy)
    expect(refusal('CONVERSION', () => JSON.stringify(kept))).toContain('no form in JSON')
    refusal('CONVERSION', () => JSON.stringify({ a: [kept] }))
  })

  test('a cycle is refused, with its path', () => {
    const list = python.ref([1])
    list.append(list)
    expect(refusal('CONVERSION', () => JSON.stringify(list))).toContain('[1] is in itself')
  })
})

test('structuredClone refuses a proxy', () => {
  expect(() => structuredClone(python.eval('object()'))).toThrow()
  expect(() => structuredClone(python.builtins.len)).toThrow()
})
