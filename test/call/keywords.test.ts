// kw: keyword arguments.
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { kw, type PythonError, python, withOptions } from '../../lib/index.js'
import { refusal, thrown } from '../fixtures/thrown.js'

const show = python.eval('lambda *args, **kwargs: [args, list(kwargs.items())]')

test.each<[string, Record<string, unknown>, [string, unknown][]]>([
  ['none', {}, []],
  [
    'their order',
    { b: 1, a: 2, c: 3 },
    [
      ['b', 1],
      ['a', 2],
      ['c', 3],
    ],
  ],
  [
    'of every kind',
    { a: null, b: [1], c: { d: 1 } },
    [
      ['a', null],
      ['b', [1]],
      ['c', { d: 1 }],
    ],
  ],
  ['undefined is left out', { a: undefined, b: 1, c: undefined }, [['b', 1]]],
  [
    'names that are no identifiers',
    { 'a b': 1, '': 2, é: 3, class: 4 },
    [
      ['a b', 1],
      ['', 2],
      ['é', 3],
      ['class', 4],
    ],
  ],
  [
    'names of Object.prototype',
    { constructor: 1, toString: 2 },
    [
      ['constructor', 1],
      ['toString', 2],
    ],
  ],
  ['__proto__', { ['__proto__']: 1 }, [['__proto__', 1]]],
])('**kwargs receives all: %s', (_, values, items) => {
  expect(show(kw(values))).toEqual([[], items])
  expect(show(1, kw(values))).toEqual([[1], items])
  expect(withOptions(show, {})([2], kw(values))).toEqual([[[2]], items])
  expect(({} as Record<string, unknown>).a).toBeUndefined()
})

test('an object without a prototype, or of another realm, is plain', () => {
  const bare = Object.assign(Object.create(null), { a: 1 })
  expect(show(kw(bare))).toEqual([[], [['a', 1]]])
  expect(show(kw(runInNewContext('({ a: 1 })')))).toEqual([[], [['a', 1]]])
  expect(show(kw(Object.freeze({ a: 1 })))).toEqual([[], [['a', 1]]])
})

test('it may be used again, and is read when it is made', () => {
  const values = { a: 1 }
  const keywords = kw(values)
  values.a = 2
  expect(show(keywords)).toEqual([[], [['a', 1]]])
  expect(show(keywords)).toEqual([[], [['a', 1]]])
})

test('a symbol names no keyword', () => {
  expect(show(kw({ a: 1, [Symbol('s')]: 2 }))).toEqual([[], [['a', 1]]])
})

test('references come home, functions are called', () => {
  const list = python.ref([3, 1, 2])
  expect(python.builtins.sorted(list, kw({ key: (x: number) => -x, reverse: true }))).toEqual([
    1, 2, 3,
  ])
  expect(python.eval('lambda a, *, x: a is x')(list, kw({ x: list }))).toBe(true)
})

test.each<[string, unknown]>([
  ['null', null],
  ['undefined', undefined],
  ['a string', 'axis'],
  ['a number', 1],
  ['an Array', [1]],
  ['a Map', new Map([['a', 1]])],
  ['a Date', new Date(0)],
  ['a function', () => {}],
  [
    'an instance of a class',
    new (class A {
      a = 1
    })(),
  ],
  ['a proxy of a dict', python.ref({ a: 1 })],
  ['keywords', kw({ a: 1 })],
])('%s is refused', (_, values) => {
  expect(refusal('INVALID_ARGUMENT', () => kw(values as never))).toContain('plain object')
})

test.each<[string, () => unknown]>([
  ['first', () => show(kw({ a: 1 }), 1)],
  ['twice', () => show(kw({ a: 1 }), kw({ b: 1 }))],
  ['before many', () => show(kw({ a: 1 }), 1, 2, 3, 4)],
  ['in an Array', () => show([kw({ a: 1 })])],
  ['as a keyword', () => show(kw({ a: kw({}) }))],
  ['in the tag', () => python`${kw({ a: 1 })}`],
  ['in the tag, last', () => python`${1} + ${kw({ a: 1 })}`],
])('where it is not the last argument, it is refused: %s', (_, body) => {
  expect(refusal('CONVERSION', body)).toContain('Keywords')
})

test.each<[string, string, unknown[], string]>([
  ['also given by position', 'lambda a: a', [1, kw({ a: 2 })], "multiple values for argument 'a'"],
  ['not known', 'lambda a: a', [kw({ b: 2 })], "unexpected keyword argument 'b'"],
  ['missing', 'lambda *, a: a', [], "missing 1 required keyword-only argument: 'a'"],
  ['to a function without any', 'len', [kw({ obj: [] })], 'keyword arguments'],
])('a keyword that is %s is a TypeError of Python', (_, source, args, message) => {
  const error = thrown(() => python.eval(source)(...args)) as PythonError
  expect(error.type).toBe('TypeError')
  expect(error.message).toContain(message)
})

test('what cannot cross is named', () => {
  expect(refusal('CONVERSION', () => show(kw({ when: kw({ a: 1 }) })))).toContain('keyword "when"')
  expect(refusal('CONVERSION', () => show(kw({ rows: [{ when: kw({ a: 1 }) }] })))).toContain(
    'keyword "rows" → [0].when',
  )
})

test('a getter that throws', () => {
  const error = new Error('from the getter')
  const values = {
    get a() {
      throw error
    },
  }
  expect(thrown(() => kw(values))).toBe(error)
})
