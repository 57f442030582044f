// Members of an Enum: one frozen object each, which comes home as the member.
import { inspect } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { converters, python } from '../../../lib/index.js'
import { collect } from '../../fixtures/collect.js'
import { refusal } from '../../fixtures/thrown.js'

python.exec(`
import enum, re
class Color(enum.Enum):
    RED = 1
    CRIMSON = 1
    BLUE = 'blue'
    BOTH = (1, [2])
class Size(enum.IntEnum):
    SMALL = 1
    HUGE = 2 ** 70
class Perm(enum.Flag):
    R = 1
    W = 2
class Mode(enum.IntFlag):
    A = 1
    B = 2
class Name(str, enum.Enum):
    ANN = 'ann'
class Outer(enum.Enum):
    INNER = Color.RED
class Odd(enum.Enum):
    A = 1
    def __eq__(self, other): raise RuntimeError('compared')
    __hash__ = object.__hash__
`)
afterAll(python.register(converters.enums))
const { js: Member } = converters.enums as { js: new (...args: unknown[]) => object }

test.each([
  ['Color.RED', 'RED', 1],
  ['Color.CRIMSON', 'RED', 1],
  ['Color.BLUE', 'BLUE', 'blue'],
  ['Color.BOTH', 'BOTH', [1, [2]]],
  ['Size.SMALL', 'SMALL', 1],
  ['Size.HUGE', 'HUGE', 2n ** 70n],
  ['Perm.R', 'R', 1],
  ['Perm(0)', null, 0],
  ['Mode.B', 'B', 2],
  ['Name.ANN', 'ANN', 'ann'],
  ['Odd.A', 'A', 1],
  ['re.IGNORECASE', 'IGNORECASE', 2],
])('%s has its name and its value, and comes home as itself', (source, name, value) => {
  const member = python.eval(source)
  expect(member).toBeInstanceOf(Member)
  if (name !== null) expect(member.name).toBe(name)
  expect(member.value).toEqual(value)
  expect(Object.keys(member)).toEqual(['name', 'value'])
  expect(Object.isFrozen(member)).toBe(true)
  expect(python.eval(`lambda home: home is ${source}`)(member)).toBe(true)
  expect(
    python.eval(`lambda homes: homes[0] is homes[1]["a"] is ${source}`)([member, { a: member }]),
  ).toBe(true)
})

test('a combination of flags comes home', () => {
  for (const source of ['Perm.R | Perm.W', 'Mode.A | Mode.B', 'Mode(0)', 'Mode(64)']) {
    const home = python.eval(`lambda home: type(home) is type(${source}) and home == ${source}`)
    expect(home(python.eval(source))).toBe(true)
  }
  expect(python.eval('Perm.R | Perm.W').value).toBe(3)
})

test('a member is the same object whenever it comes, however it comes', () => {
  const red = python.eval('Color.RED')
  expect(python.eval('Color.RED')).toBe(red)
  expect(python.eval('[Color.CRIMSON]')[0]).toBe(red)
  expect(python.eval('Color').RED).toBe(red)
  expect(python.eval('Outer.INNER').value).toBe(red)
  expect([...python.eval('Color')][0]).toBe(red)
  expect(python.eval('{Color.RED: 1}').get(red)).toBe(1)
})

test('a member that nobody has any more comes anew, and comes home', async () => {
  const once = new WeakRef(python.eval('Color.BLUE') as object)
  await collect()
  expect(once.deref()).toBeUndefined()
  expect(python.eval('lambda home: home is Color.BLUE')(python.eval('Color.BLUE'))).toBe(true)
})

test('it is shown as Python writes it, and counts as its value', () => {
  const [red, small, perm] = python.eval('[Color.RED, Size.SMALL, Name.ANN]')
  expect(`${red} ${small}`).toBe('Color.RED Size.SMALL')
  expect(inspect(red)).toBe('Color.RED')
  expect(JSON.stringify([red, small, perm])).toBe('[1,1,"ann"]')
  expect(Number(small) + 1).toBe(2)
  expect(red < python.eval('Size.HUGE')).toBe(true)
})

test('one that JavaScript made is of no Enum', () => {
  refusal('CONVERSION', () => python.eval('lambda home: home')(new Member('Color', 'RED', 1)))
})
