// Values of JavaScript whose own code runs while they cross.
import { describe, expect, test } from 'vitest'
import { kw, python } from '../../lib/index.js'
import { refusal, thrown } from '../fixtures/thrown.js'

const echo = python.eval('lambda *values: values')
const repr = python.eval('lambda *values: repr(values)')
const traps: (keyof ProxyHandler<object>)[] = [
  'apply',
  'construct',
  'defineProperty',
  'deleteProperty',
  'get',
  'getOwnPropertyDescriptor',
  'getPrototypeOf',
  'has',
  'isExtensible',
  'ownKeys',
  'preventExtensions',
  'set',
  'setPrototypeOf',
]

function throwing(error: unknown): ProxyHandler<object> {
  const fail = () => {
    throw error
  }
  return Object.fromEntries(traps.map((trap) => [trap, fail]))
}

describe('a Proxy', () => {
  test.each([
    ['an object', {}],
    ['an Array', []],
    ['a function', () => {}],
  ])('of %s whose traps all throw: what they throw arrives', (_, target) => {
    const error = new Error('from a trap')
    const hostile = new Proxy(target, throwing(error))
    expect(thrown(() => echo(hostile))).toBe(error)
    expect(thrown(() => echo([{ a: hostile }]))).toBe(error)
    expect(echo(1)).toEqual([1])
  })

  test.each([
    ['an object', {}],
    ['a function', () => {}],
  ])('of %s that is revoked', (_, target) => {
    const { proxy, revoke } = Proxy.revocable(target, {})
    revoke()
    expect(() => echo(proxy)).toThrow(TypeError)
    expect(() => echo([proxy])).toThrow(TypeError)
  })

  test('of a function that is revoked while Python has it', () => {
    const { proxy, revoke } = Proxy.revocable(() => 5, {})
    const keep = python.eval('lambda f: lambda: f()')(proxy)
    expect(keep()).toBe(5)
    revoke()
    expect(() => keep()).toThrow(TypeError)
  })

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a number', 5],
    ['an object', {}],
    ['a handle of its own making', { id: 1, self: null, checkedId: () => 1 }],
  ])('that answers every question with %s is not taken for one of ours', (_, answer) => {
    const hostile = new Proxy({}, { get: () => answer })
    expect(echo(hostile)[0]).toBe(hostile)
    const callable = new Proxy(() => {}, { get: () => answer })
    expect(echo(callable)[0]).toBe(callable)
  })

  test('around a proxy of ours is foreign', () => {
    const wrapped = new Proxy(python.ref([1]), {})
    expect(echo(wrapped)[0]).toBe(wrapped)
    const callable = new Proxy(python.builtins.len, {})
    expect(echo(callable)[0]).toBe(callable)
    expect(python.eval('lambda f: f([1, 2])')(callable)).toBe(2)
  })
})

describe('code that uses Python while its value crosses is refused, and nothing is wrong', () => {
  const uses: [string, () => unknown][] = [
    ['a list result', () => python.eval('[9, 9, 9, [9]]')],
    ['a scalar call', () => python.eval('1')],
    ['a tape', () => echo([8], [8])],
    ['an error', () => thrown(() => python.eval('1 / 0'))],
    ['a tape that is refused', () => thrown(() => echo([8], [kw({ a: 1 })]))],
    ['an attribute', () => echo.__name__],
    ['a release', () => python.ref(5)[Symbol.dispose]()],
  ]
  const before = [1, 2.5, 'text', [3]]

  test.each(uses)('%s, in a trap of a Proxy of a function', (_, use) => {
    const hostile = new Proxy(() => {}, {
      get() {
        use()
        return undefined
      },
    })
    const body = () => echo(before, hostile, [4])
    expect(refusal('CONVERSION', body)).toContain('ran while a value crossed')
    expect(repr(before)).toBe("([1, 2.5, 'text', [3]],)")
  })

  test.each(uses)('%s, in an accessor of an Array', (_, use) => {
    const hostile = Object.defineProperty([0, 5], 0, {
      get() {
        use()
        return 7
      },
    })
    const body = () => echo(before, hostile, [4])
    expect(refusal('CONVERSION', body)).toContain('ran while a value crossed')
    expect(repr(before)).toBe("([1, 2.5, 'text', [3]],)")
  })

  test('a value that crosses within another one is whole, whatever both hold', () => {
    const shared = Array.from({ length: 10 }, (_, index) => [index])
    let within: unknown
    const hostile = Object.defineProperty([0], 0, {
      get() {
        within ??= repr([shared, shared])
        return 7
      },
    })
    expect(refusal('CONVERSION', () => echo(shared, hostile))).toContain('while a value crossed')
    const inner = '[[0], [1], [2], [3], [4], [5], [6], [7], [8], [9]]'
    expect(within).toBe(`([${inner}, ${inner}],)`)
  })

  test.each(uses)('%s, in a trap of a prototype', (_, use) => {
    const prototype = new Proxy(Object.create(null, { isPrototypeOf: { value: 1 } }), {
      getPrototypeOf() {
        use()
        return null
      },
    })
    const hostile = Object.assign(Object.create(prototype), { a: 1 })
    const body = () => echo(before, hostile, [4])
    expect(refusal('CONVERSION', body)).toContain('ran while a value crossed')
    expect(repr(before)).toBe("([1, 2.5, 'text', [3]],)")
  })
})

describe('an Array that changes while it crosses', () => {
  function changing(items: number[], change: (array: number[]) => void): number[] {
    const array = [...items]
    Object.defineProperty(array, 0, {
      get() {
        change(array)
        return 0
      },
      configurable: true,
    })
    return array
  }

  test('what is added is not there yet', () => {
    const array = changing([1, 2], (a) => a.push(3))
    expect(repr(array, ['end'])).toBe("([0, 2], ['end'])")
  })

  test('what is gone is a hole: it is not plain', () => {
    const array = changing([1, 2, 3], (a) => a.splice(1, 2))
    expect(echo(array, ['end'])[0]).toBe(array)
  })

  test('an accessor that throws: what it throws arrives', () => {
    const error = new Error('from an accessor')
    const array = changing([1], () => {
      throw error
    })
    expect(thrown(() => repr({ a: [array] }))).toBe(error)
    expect(repr(1)).toBe('(1,)')
  })
})

test('an object is asked nothing that it could answer with code of its own', () => {
  const asked: string[] = []
  class Hostile {
    get [Symbol.toStringTag](): string {
      asked.push('toStringTag')
      return 'Object'
    }
    toJSON() {
      asked.push('toJSON')
    }
    valueOf() {
      asked.push('valueOf')
      return 5
    }
  }
  Object.defineProperty(Hostile.prototype, 'constructor', {
    get: () => {
      asked.push('constructor')
      throw new Error('asked')
    },
  })
  const hostile = new Hostile()
  expect(echo(hostile)[0]).toBe(hostile)
  const accessor = {
    get x() {
      asked.push('x')
      return 1
    },
  }
  expect(echo(accessor)[0]).toBe(accessor)
  expect(asked).toEqual([])
  const plain = { toJSON: () => asked.push('toJSON'), valueOf: () => 5, toString: () => 'no' }
  const [back] = echo(plain)
  expect(back).toEqual(plain)
  expect(asked).toEqual([])
})

test('a frozen or sealed container crosses as any other', () => {
  expect(repr(Object.freeze({ a: Object.seal([1]) }))).toBe("({'a': [1]},)")
})

test('the same object as container and key path is not confused with another tape', () => {
  const shared = [1]
  for (let i = 0; i < 3; i++) {
    expect(thrown(() => echo(shared, [kw({ a: 1 })]))).toBeInstanceOf(Error)
    expect(echo(shared, shared)[0]).toEqual([1])
  }
})
