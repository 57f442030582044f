import { expect, test } from 'vitest'
import { python } from '../../lib/index.js'

const typeName = python.eval('lambda value: type(value).__name__')
const echo = python.eval('lambda value: value')

test.each([
  ['None', null, 'NoneType'],
  ['True', true, 'bool'],
  ['False', false, 'bool'],
])('%s arrives as %o, and goes back', (source, value, type) => {
  expect(python.eval(source)).toBe(value)
  expect(python.eval(`[${source}]`)).toEqual([value])
  expect(typeName(value)).toBe(type)
  expect(python.eval(`lambda value: value is ${source}`)(value)).toBe(true)
  expect(python.eval(`lambda items: items[0] is ${source}`)([value])).toBe(true)
  expect(echo(value)).toBe(value)
})

test('a bool is never a number, and a number never a bool', () => {
  expect(python.eval('[True, 1, False, 0]')).toEqual([true, 1, false, 0])
  expect(
    python.eval('lambda *values: [type(v).__name__ for v in values]')(true, 1, false, 0),
  ).toEqual(['bool', 'int', 'bool', 'int'])
})
