import { describe, expect, test } from 'vitest'
import { kw, python, withOptions } from '../../lib/index.js'
import { refusal } from '../fixtures/thrown.js'

const seen = python.eval('lambda *args, **kwargs: (list(args), kwargs)')

describe('keywords with scalars cross one by one, all others by tape, with the same result:', () => {
  test.each([
    ['one', [], { a: 1 }],
    ['every scalar', [], { a: 1, b: 'x', c: null, d: true, e: 1.5, f: 2n ** 70n }],
    ['beside arguments', [1, 'x'], { a: 1, b: 2 }],
    ['eight in all', [1, 2, 3, 4], { a: 1, b: 2, c: 3, d: 4 }],
    ['nine in all', [1, 2, 3, 4, 5], { a: 1, b: 2, c: 3, d: 4 }],
    ['a container', [1], { a: [1, 2], b: 3 }],
    ['a container among the arguments', [[1]], { a: 1 }],
    ['names that are no identifiers', [], { 'a b': 1, '': 2, 'é\0': 3, '1': 4 }],
    ['none', [1], {}],
  ])('%s', (_, args, keywords) => {
    expect(seen(...args, kw(keywords))).toEqual([args, keywords])
    expect(withOptions(seen, {})(...args, kw(keywords))).toEqual([args, keywords])
  })

  test('the order of names is kept, and other orders are other calls', () => {
    for (const names of [['b', 'a'], ['a', 'b'], ['b', 'a'], ['ab'], ['a', 'b']]) {
      const keywords = Object.fromEntries(names.map((name, index) => [name, index]))
      expect(Object.keys(seen(kw(keywords))[1])).toEqual(names)
    }
  })

  test('lists of names are told apart, whatever they hold', () => {
    for (const names of [['a,1:b'], ['a', 'b'], ['a,b'], ['a', '1:b'], ['1:a', 'b']]) {
      const keywords = Object.fromEntries(names.map((name) => [name, 1]))
      expect(seen(kw(keywords))[1]).toEqual(keywords)
    }
  })

  test('more lists of names than are kept', () => {
    for (let i = 0; i < 10_050; i++)
      expect(seen(kw({ [`name${i}`]: i }))[1]).toEqual({ [`name${i}`]: i })
    expect(seen(kw({ a: 1 }))[1]).toEqual({ a: 1 })
  })
})

test.each([
  [
    'undefined before an argument',
    () => seen(undefined, 1, kw({ a: 1 })),
    /argument 0 is undefined/,
  ],
  ['what is no value', () => seen(kw({ a: kw({ b: 1 }) })), /keyword "a" is an instance/],
])('%s is refused', (_, call, message) => {
  expect(refusal('CONVERSION', call)).toMatch(message)
})

test('undefined just before them is omitted', () => {
  expect(seen(1, undefined, kw({ a: 1 }))).toEqual([[1], { a: 1 }])
})

test('a keyword that is not known is Python’s to refuse', () => {
  expect(() => python.eval('lambda a: a')(kw({ a: 1, b: 2 }))).toThrow(
    /unexpected keyword argument/,
  )
})

test('a callable that was released refuses', () => {
  const released = python.eval('lambda **keywords: 1')
  released[Symbol.dispose]()
  refusal('RELEASED', () => released(kw({ a: 1 })))
})
