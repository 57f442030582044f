// The template tag: python`…`.
import { describe, expect, test } from 'vitest'
import { type PyProxy, type PythonError, python } from '../../lib/index.js'
import { refusal, thrown } from '../fixtures/thrown.js'

describe('what it gives', () => {
  test('the value of an expression', () => {
    expect(python`1 + 1`).toBe(2)
    expect(python`  1 + 1  `).toBe(2)
    expect(python`[x * 2 for x in range(3)]`).toEqual([0, 2, 4])
    expect(python`
      [
        1,
        2,
      ]
    `).toEqual([1, 2])
  })

  test('the value of a last expression, after statements', () => {
    expect(python`
      total = 0
      for x in ${[1, 2, 3]}:
          total += x
      total
    `).toBe(6)
    expect(python`x = 1; x + 1`).toBe(2)
  })

  test('None where the last one is no expression', () => {
    expect(python`x = 1`).toBeNull()
    expect(python``).toBeNull()
    expect(python`# a comment`).toBeNull()
    expect(python`
    `).toBeNull()
    expect(python`
      if True:
          5
    `).toBeNull()
  })

  test('comments may stand anywhere', () => {
    expect(python`1 + 1 # two`).toBe(2)
    expect(python`
      # first
      ${1} + 1  # then
  # and less indented
    `).toBe(2)
    expect(python`# ${5} is only spoken of
      6`).toBe(6)
  })

  test('a string that is the last expression', () => {
    expect(python`'text'`).toBe('text')
    expect(python`"""a
   b
      c"""`).toBe('a\n   b\n      c')
  })

  test('functions, classes, lambdas, comprehensions that use the values', () => {
    const n = 3
    expect(python`[x + ${n} for x in range(2)]`).toEqual([3, 4])
    expect(python`(lambda x: x + ${n})(1)`).toBe(4)
    expect(
      python`
        def f(x):
            return x + ${n}
        f
      `(1),
    ).toBe(4)
    expect(python`
      class C:
          x = ${n}
      C.x
    `).toBe(3)
  })
})

describe('names', () => {
  test('what is assigned is local', () => {
    expect(python`only_inside = 5; only_inside`).toBe(5)
    expect(python.import('__main__').only_inside).toBeUndefined()
  })

  test('what is not assigned is found in __main__, when it runs', () => {
    const look = () => python`looked_up`
    expect((thrown(look) as PythonError).type).toBe('NameError')
    python.exec('looked_up = 1')
    expect(look()).toBe(1)
    python.exec('looked_up = 2')
    expect(look()).toBe(2)
    expect(python`len("abc")`).toBe(3)
  })

  test('global makes a name of __main__', () => {
    python`
      global made_global
      made_global = 1
    `
    expect(python.eval('made_global')).toBe(1)
  })
})

describe('values', () => {
  const echo = (value: unknown) => python`${value}`

  test.each<[string, unknown]>([
    ['a number', 5],
    ['a fraction', 1.5],
    ['-0', -0],
    ['a string with quotes', `'"\\\n\0`],
    ['null', null],
    ['a boolean', true],
    ['a big integer', 2n ** 80n],
    ['an Array', [1, [2]]],
    ['an object', { a: 1, __proto__x: 2 }],
    ['a Map', new Map([[1, 2]])],
  ])('%s is bound, and comes back', (_, value) => {
    expect(echo(value)).toEqual(value)
  })

  test('a reference is the very object, a container a copy', () => {
    const list = python.ref([1])
    python`${list}.append(2)`
    expect(python.copy(list)).toEqual([1, 2])
    const array = [1]
    expect(python`${array}.append(2)`).toBeNull()
    expect(array).toEqual([1])
    const f = () => {}
    expect(echo(f)).toBe(f)
  })

  test('text is never code', () => {
    const name = '__import__("os").abort()'
    expect(python`${name}`).toBe(name)
    expect(python`${name} + "!"`).toBe(`${name}!`)
  })

  test('operators and slices', () => {
    const list = python.ref([1, 2, 3, 4])
    expect(python`${list}[1:]`).toEqual([2, 3, 4])
    expect(python`${list}[::2]`).toEqual([1, 3])
    expect(python`${list}[-1]`).toBe(4)
    expect(python`${list}[${1}:${3}]`).toEqual([2, 3])
    expect(python`${7} // ${2}, ${7} % ${2}, -${7} ** ${2}, not ${0}`).toEqual([3, 1, -49, true])
    expect(python`${2} in ${list} and ${9} not in ${list}`).toBe(true)
  })

  test('what occurs twice is shared, and a value may be assigned to', () => {
    const shared = [1]
    expect(python`${shared} is ${[shared]}[0]`).toBe(true)
    expect(python`
      ${5} += 1
      ${6}
    `).toBe(6)
  })

  test('many values', () => {
    expect(
      python`${1} + ${2} + ${3} + ${4} + ${5} + ${6} + ${7} + ${8} + ${9} + ${10} + ${11} + ${12}`,
    ).toBe(78)
  })

  test('undefined is refused', () => {
    expect(refusal('CONVERSION', () => python`${undefined}`)).toContain('value 0 of the tag')
    expect(refusal('CONVERSION', () => python`f(${1}, ${undefined})`)).toContain('value 1')
  })

  test('an f-string holds values', () => {
    const name = "O'Hara"
    expect(python`f"<{${name}}>"`).toBe("<O'Hara>")
    expect(python`f"{${2.71}:.1f} {${name}!r}"`).toBe(`2.7 "O'Hara"`)
  })

  test.each([
    ['a string', () => python`"hello ${1}"`],
    ['a raw string', () => python`r'${1}'`],
    ['bytes', () => python`b'${1}'`],
    ['three quotes', () => python`"""a ${1} b"""`],
    ['an f-string, outside of braces', () => python`f"${1}"`],
    ['an f-string with {…=}', () => python`f"{${1}=}"`],
    ['a string inside of a function', () => python`(lambda: "${1}")()`],
    ['a second value', () => python`${1} + len("${2}")`],
  ])('a value inside %s is refused', (_, body) => {
    const error = thrown(body) as PythonError
    expect(error.type).toBe('SyntaxError')
    expect(error.message).toContain('values are bound, not pasted')
  })
})

describe('escapes', () => {
  test('are those of Python', () => {
    expect(python`'a\nb\t\\\x41'`).toBe('a\nb\t\\A')
    expect(python`r'\d'`).toBe('\\d')
    expect(python`'\N{SNOWMAN}'`).toBe('☃')
  })

  test('a backtick and ${ are written as in JavaScript', () => {
    expect(python`'\`'`).toBe('`')
    expect(python`'\${x}'`).toBe(['$', '{x}'].join(''))
    expect(python`'\\\`'`).toBe('\\`')
    expect(python`'$x \$'`).toBe('$x \\$')
  })
})

describe('errors', () => {
  const fail = () => python`
    x = 1
    raise ValueError('of the tag')  # the line
  `

  test('tracebacks show the source line', () => {
    const error = thrown(fail) as PythonError
    expect(error.frames.at(-1)).toMatchObject({
      source: "raise ValueError('of the tag')  # the line",
    })
    expect(error.traceback).toContain("raise ValueError('of the tag')  # the line")
    expect(error.stack).toContain('tag.test.ts')
  })

  test('with the values that are bound', () => {
    const error = thrown(() => python`${1} / ${0}`) as PythonError
    expect(error.type).toBe('ZeroDivisionError')
    expect(error.frames.at(-1)?.source).toContain('/')
  })

  test.each([
    ['1 +', () => python`1 +`],
    ['unbalanced', () => python`(${1}`],
    ['two values side by side', () => python`${1} ${2}`],
    [
      'indentation',
      () => python`
      if True:
      x
    `,
    ],
    ['star import', () => python`from math import *`],
  ])('a SyntaxError: %s', (_, body) => {
    expect((thrown(body) as PythonError).is('SyntaxError')).toBe(true)
    expect((thrown(body) as PythonError).is('SyntaxError')).toBe(true)
  })
})

describe('the call site', () => {
  test('is compiled once', () => {
    const where = () => python`__import__('sys')._getframe().f_code.co_filename`
    const first = where()
    expect(where()).toBe(first)
    expect(python`__import__('sys')._getframe().f_code.co_filename`).not.toBe(first)
  })

  test('runs again with other values, also inside of itself', () => {
    const fibonacci = (n: number): PyProxy =>
      python`${n} if ${n} < 2 else ${fibonacci}(${n} - 1) + ${fibonacci}(${n} - 2)`
    expect(fibonacci(10)).toBe(55)
  })
})

test.each<[string, unknown[]]>([
  ['nothing', []],
  ['a string', ['1 + 1']],
  ['an Array', [['1 + 1']]],
  ['null', [null]],
  ['an object', [{ raw: ['1'] }]],
])('called as a function with %s, it is refused', (_, args) => {
  const call = python as unknown as (...args: unknown[]) => unknown
  expect(refusal('INVALID_ARGUMENT', () => call(...args))).toContain('template tag')
})
