// Rule 8: `undefined` is not a value for Python; only inside containers does it cross.
import { expect, test } from 'vitest'
import { kw, python, withOptions } from '../../lib/index.js'
import { refusal } from '../fixtures/thrown.js'

const show = python.eval('lambda *args, **kwargs: repr((args, kwargs))')
const viaTape = withOptions(show, {})

test.each([
  ['in an array', [undefined], '[undefined]'],
  ['in an object', { a: undefined }, "{'a': undefined}"],
  ['in a Map', new Map([[undefined, undefined]]), '{undefined: undefined}'],
  ['in a Set', new Set([undefined]), 'Set({undefined})'],
])('%s it is the singleton', (_, value, repr) => {
  expect(python.eval('repr')(value)).toBe(repr)
  expect(python.eval('lambda value: value')(value)).toEqual(value)
})

test('the singleton is falsy, alone of its type, and copies as itself', () => {
  python.exec(`
    import copy, pickle, pybridge
    from pybridge import undefined
    facts = [
        not undefined,
        pybridge.Undefined() is undefined,
        type(undefined) is pybridge.Undefined,
        copy.deepcopy([undefined])[0] is undefined,
        pickle.loads(pickle.dumps(undefined)) is undefined,
        undefined is not None,
    ]`)
  expect(python.eval('facts')).toEqual([true, true, true, true, true, true])
  expect(python.eval('undefined')).toBeUndefined()
  expect(python.eval('[undefined, None]')).toEqual([undefined, null])
  expect(python.eval('lambda items: items[0] is undefined')([undefined])).toBe(true)
})

test.each([
  ['one', [1, undefined], '((1,), {})'],
  ['all', [undefined, undefined], '((), {})'],
  [
    'more than cross one by one',
    [...Array(12).fill(7), undefined],
    `((${'7, '.repeat(12).slice(0, -2)}), {})`,
  ],
  ['after a container', [[1], undefined], '(([1],), {})'],
  ['before keywords', [1, undefined, kw({ a: 2 })], "((1,), {'a': 2})"],
])('trailing arguments that are undefined are omitted: %s', (_, args, expected) => {
  expect(show(...args)).toBe(expected)
  expect(viaTape(...args)).toBe(expected)
})

test.each([
  ['first', [undefined, 1], 'argument 0'],
  ['in the middle', [1, undefined, 2], 'argument 1'],
  ['before a container', [1, undefined, []], 'argument 1'],
  ['after many', [...Array(12).fill(7), undefined, 1], 'argument 12'],
])('one before a defined argument is refused: %s', (_, args, where) => {
  expect(refusal('CONVERSION', () => show(...args))).toContain(`${where} is undefined`)
  expect(refusal('CONVERSION', () => viaTape(...args))).toContain(`${where} is undefined`)
})

test('a keyword that is undefined is left out', () => {
  expect(show(kw({ a: undefined, b: 1, c: undefined }))).toBe("((), {'b': 1})")
})

test('a callback that returns nothing gives None', () => {
  expect(python.eval('lambda f: f() is None')(() => {})).toBe(true)
  expect(python.eval('lambda f: f() is None')(() => undefined)).toBe(true)
})

test('a callback hears the singleton as undefined', () => {
  const heard: unknown[] = []
  python.eval('lambda f: f(undefined, [undefined])')((...args: unknown[]) => void heard.push(args))
  expect(heard).toEqual([[undefined, [undefined]]])
})

test('an attribute or an item does not become undefined', () => {
  const list = python.ref([1])
  const space = python.eval('__import__("types").SimpleNamespace()')
  expect(refusal('CONVERSION', () => (list[0] = undefined))).toContain('.0')
  expect(refusal('CONVERSION', () => (space.name = undefined))).toContain('.name')
  expect(python.copy(list)).toEqual([1])
  expect('name' in space).toBe(false)
})

test('a value of the tag is not undefined', () => {
  expect(refusal('CONVERSION', () => python`${1} + ${undefined}`)).toContain('value 1')
})
