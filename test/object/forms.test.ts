// What a proxy looks like to JavaScript's own ways of looking.
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { python } from '../../lib/index.js'
import { refusal } from '../fixtures/thrown.js'

describe('util.inspect', () => {
  test.each([
    ['an object', '__import__("collections").Counter("aab")', "Counter({'a': 2, 'b': 1})"],
    ['a function', 'len', '<built-in function len>'],
    ['a class', 'dict', "<class 'dict'>"],
    ['a module', '__import__("sys")', "<module 'sys' (built-in)>"],
  ])('shows the repr of %s', (_, source, expected) => {
    expect(inspect(python.eval(source))).toBe(expected)
    expect(inspect({ deep: [python.eval(source)] })).toContain(expected)
  })

  test('throws what __repr__ raises', () => {
    const bad = python`
      class Bad:
          def __repr__(self): raise ValueError('no repr')
      Bad()
    `
    expect(() => inspect(bad)).toThrow('no repr')
  })
})

describe('as a primitive', () => {
  test.each([
    ['Decimal("1.5")', 'decimal', 1.5, '1.5'],
    ['Fraction(1, 2)', 'fractions', 0.5, '1/2'],
  ])('%s is a number or a string, as asked', (source, module, number, text) => {
    const made = python.eval(`__import__('${module}').${source}`)
    expect(Number(made)).toBe(number)
    expect(made + 1).toBe(number + 1)
    expect(`${made}`).toBe(text)
    expect(String(made)).toBe(text)
  })

  test('anything else is its str()', () => {
    const path = python.eval('__import__("pathlib").PurePosixPath("/a/b")')
    expect(`${path}`).toBe('/a/b')
    expect(path.toString()).toBe('/a/b')
    expect(`${path}!`).toBe('/a/b!')
    expect(Number(path)).toBeNaN()
  })
})

describe('JSON', () => {
  test('has the copy of what can be copied', () => {
    const settings = python.ref({ depth: [1, { x: null }] })
    expect(JSON.stringify({ settings })).toBe('{"settings":{"depth":[1,{"x":null}]}}')
  })

  test('refuses what has none, and never says {}', () => {
    expect(refusal('CONVERSION', () => JSON.stringify(python.eval('object()')))).toContain('JSON')
  })
})

describe('a promise', () => {
  test('can be resolved with a proxy, whatever attributes it has', async () => {
    const thing = python.eval('__import__("types").SimpleNamespace(then=lambda *a: 1)')
    expect(thing.then).toBeUndefined()
    expect(await Promise.resolve(thing)).toBe(thing)
  })
})

describe('new', () => {
  test('makes an instance, and keeps it in Python', () => {
    const list = new python.builtins.list([1, 2])
    list.append(3)
    expect(python.copy(list)).toEqual([1, 2, 3])
  })

  test('of a function is a TypeError', () => {
    expect(() => new (python.eval('lambda: 1'))()).toThrow(TypeError)
  })

  test('throws what the class raises', () => {
    expect(() => new python.builtins.int('x')).toThrow(/invalid literal/)
  })
})

test('structuredClone refuses a proxy', () => {
  expect(() => structuredClone(python.eval('object()'))).toThrow()
})

test('typeof tells callables from other objects', () => {
  expect(typeof python.builtins.len).toBe('function')
  expect(typeof python.builtins.dict).toBe('function')
  expect(typeof python.eval('object()')).toBe('object')
})
