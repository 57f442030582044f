import { expect, test } from 'vitest'
import { kw, python, withOptions } from '../../lib/index.js'
import { refusal } from '../fixtures/thrown.js'

test('returns: ref keeps the result in Python, whatever it is', () => {
  const list = withOptions(python.builtins.list, { returns: 'ref' })([1, 2])
  list.append(3)
  expect(python.copy(list)).toEqual([1, 2, 3])
  expect(withOptions(python.eval('lambda: 5'), { returns: 'ref' })().bit_length()).toBe(3)
  expect(withOptions(python.eval('lambda: "text"'), { returns: 'ref' })().upper()).toBe('TEXT')
  const none = withOptions(python.eval('lambda: None'), { returns: 'ref' })()
  expect(python.eval('lambda v: v is None')(none)).toBe(true)
})

test('a function of JavaScript comes home all the same', () => {
  const f = () => {}
  expect(withOptions(python.eval('lambda f: f'), { returns: 'ref' })(f)).toBe(f)
})

test('an exception object stays there as well', () => {
  const error = withOptions(python.eval('lambda: ValueError("v")'), { returns: 'ref' })()
  expect(error.args).toEqual(['v'])
})

test('returns: auto is the default', () => {
  expect(withOptions(python.builtins.list, {})([1])).toEqual([1])
  expect(withOptions(python.builtins.list, { returns: 'auto' })([1])).toEqual([1])
})

test('the last options are the ones that hold', () => {
  const list = withOptions(python.builtins.list, { returns: 'ref' })
  expect(withOptions(list, {})([1])).toEqual([1])
})

test('takes keywords', () => {
  const dict = withOptions(python.builtins.dict, { returns: 'ref' })
  expect(python.copy(dict(kw({ a: 1 })))).toEqual({ a: 1 })
})

test('the callable that was released is refused at the call', () => {
  const f = python.eval('lambda: 1')
  const called = withOptions(f, { returns: 'ref' })
  f[Symbol.dispose]()
  refusal('RELEASED', () => called())
})

test.each<[string, unknown, unknown]>([
  ['a function of JavaScript', () => {}, {}],
  ['null', null, {}],
  ['a Proxy of a callable of Python', new Proxy(python.builtins.len, {}), {}],
  ['an option that is not known', python.builtins.len, { return: 'ref' }],
  ['a value that is not known', python.builtins.len, { returns: 'reference' }],
  ['no options', python.builtins.len, null],
  ['options that are no object', python.builtins.len, 'ref'],
])('is refused: %s', (_, callable, options) => {
  refusal('INVALID_ARGUMENT', () => withOptions(callable as never, options as never))
})

test('a symbol in the message harms nobody', () => {
  refusal('INVALID_ARGUMENT', () =>
    withOptions(python.builtins.len, { returns: Symbol('s') as never }),
  )
})
