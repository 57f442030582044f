import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { python } from '../../lib/index.js'
import { refusal } from '../fixtures/thrown.js'

const echo = python.eval('lambda value: value')
const repr = python.eval('repr')
const typeName = python.eval('lambda value: type(value).__name__')

describe('dict with keys that are all str ⇄ Object', () => {
  test.each([
    ['{}', {}],
    ['{"a": 1, "b": {"c": [2]}}', { a: 1, b: { c: [2] } }],
    ['{"": 0, " ": 1, "\\0": 2}', { '': 0, ' ': 1, '\0': 2 }],
    ['{"☃": 1, "\\U0001F600": 2}', { '☃': 1, '😀': 2 }],
  ])('%s arrives as %o', (source, value) => {
    const object = python.eval(source)
    expect(object).toEqual(value)
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype)
    expect(python.eval(`lambda value: type(value) is dict and value == ${source}`)(object)).toBe(
      true,
    )
    expect(echo(value)).toEqual(value)
  })

  test('the order of keys is kept', () => {
    expect(Object.keys(python.eval('{"z": 1, "a": 2, "m": 3}'))).toEqual(['z', 'a', 'm'])
    expect(repr({ z: 1, a: 2, m: 3 })).toBe("{'z': 1, 'a': 2, 'm': 3}")
  })

  test.each([
    ['Object.create(null)', Object.assign(Object.create(null), { a: 1 })],
    ['of another realm', runInNewContext('({ a: 1 })')],
    ['frozen', Object.freeze({ a: 1 })],
  ])('an object is plain: %s', (_, value) => {
    expect(repr(value)).toBe("{'a': 1}")
  })

  describe('keys that look like integers, which JavaScript puts first', () => {
    const source = '{"b": 1, "10": 2, "9": 3, "a": 4, "0": 5, "01": 6, "4294967295": 7}'

    test('keep their place when they come back', () => {
      const object = python.eval(source)
      expect(Object.keys(object).slice(0, 3)).toEqual(['0', '9', '10'])
      expect(python.eval(`lambda d: list(d.items()) == list(${source}.items())`)(object)).toBe(true)
    })

    test('the order is forgotten once the keys differ', () => {
      const object = python.eval('{"b": 1, "1": 2}')
      object.c = 3
      expect(repr(object)).toBe("{'1': 2, 'b': 1, 'c': 3}")
      const other = python.eval('{"b": 1, "1": 2}')
      delete other.b
      other.d = 4
      expect(repr(other)).toBe("{'1': 2, 'd': 4}")
    })

    test('a changed value keeps the order', () => {
      const object = python.eval('{"b": 1, "1": 2}')
      object.b = [9]
      expect(repr(object)).toBe("{'b': [9], '1': 2}")
    })
  })

  describe('keys that mean something to JavaScript are ordinary', () => {
    const names = [
      '__proto__',
      'constructor',
      'prototype',
      'toString',
      'valueOf',
      'hasOwnProperty',
      '__defineGetter__',
      'then',
      'length',
    ]

    test.each(names)('%s', (name) => {
      const object = python.eval(`{${JSON.stringify(name)}: {"polluted": 1}, "other": 2}`)
      expect(Object.getPrototypeOf(object)).toBe(Object.prototype)
      expect(Object.getOwnPropertyDescriptor(object, name)).toEqual({
        value: { polluted: 1 },
        writable: true,
        enumerable: true,
        configurable: true,
      })
      expect(repr(object)).toBe(`{'${name}': {'polluted': 1}, 'other': 2}`)
      expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    })

    test('own properties of JavaScript arrive', () => {
      const object = JSON.parse('{"__proto__": 1, "constructor": 2}')
      expect(repr(object)).toBe("{'__proto__': 1, 'constructor': 2}")
      expect(JSON.stringify(echo(object))).toBe('{"__proto__":1,"constructor":2}')
    })

    test('a setter that somebody put on Object.prototype is not asked', () => {
      const asked: unknown[] = []
      Object.defineProperty(Object.prototype, 'color', {
        set: (value) => asked.push(value),
        configurable: true,
      })
      try {
        expect(Object.entries(python.eval('{"color": 1}'))).toEqual([['color', 1]])
      } finally {
        delete (Object.prototype as Record<string, unknown>).color
      }
      expect(asked).toEqual([])
    })

    test('they arrive where Object.prototype is frozen too', () => {
      const before = Object.getOwnPropertyDescriptor(Object.prototype, 'toString')
      Object.defineProperty(Object.prototype, 'toString', { writable: false })
      try {
        expect(repr(python.eval('{"toString": 1, "a": 2}'))).toBe("{'toString': 1, 'a': 2}")
      } finally {
        Object.defineProperty(Object.prototype, 'toString', before as PropertyDescriptor)
      }
    })
  })
})

describe('dict with other keys ⇄ Map', () => {
  test.each([
    [
      '{1: "a", "1": "b"}',
      [
        [1, 'a'],
        ['1', 'b'],
      ],
    ],
    [
      '{None: 1, True: 2, 2.5: 3}',
      [
        [null, 1],
        [true, 2],
        [2.5, 3],
      ],
    ],
    [
      '{2**60: "big", -1: "small"}',
      [
        [2n ** 60n, 'big'],
        [-1, 'small'],
      ],
    ],
    [
      '{(): {}, frozenset(): []}',
      [
        [[], {}],
        [new Set(), []],
      ],
    ],
  ])('%s arrives as a Map and goes back as a dict', (source, entries) => {
    const map = python.eval(source)
    expect(map).toBeInstanceOf(Map)
    expect([...map]).toEqual(entries)
    expect(typeName(map)).toBe('dict')
    expect(python.eval(`lambda d: list(d.items()) == list(${source}.items())`)(map)).toBe(true)
  })

  test('a key of a subclass of str is a reference', () => {
    python.exec('class Name(str): pass\nname = Name("a")')
    const map = python.eval('{name: 1, "b": 2}') as Map<unknown, number>
    expect(map.get(python.eval('name'))).toBe(1)
    expect(map.get('b')).toBe(2)
    expect(python.eval('lambda d: [next(iter(d)) is name, d]')(map)).toEqual([true, map])
  })

  test('it stays a dict when its keys change to strings', () => {
    const map = python.eval('{1: 2}') as Map<unknown, unknown>
    map.delete(1)
    map.set('a', 3)
    expect(typeName(map)).toBe('dict')
    expect(echo(map)).toEqual({ a: 3 })
  })
})

describe('Map ⇄ pybridge.Map', () => {
  test.each([
    ['empty', new Map()],
    ['string keys', new Map([['a', 1]])],
    [
      'keys of many types',
      new Map<unknown, unknown>([
        [1, 2],
        ['1', 3],
        [null, 4],
        [1.5, 5],
      ]),
    ],
    ['undefined', new Map([[undefined, undefined]])],
    ['a small bigint', new Map([[5n, 6n]])],
    ['-0 as value', new Map([['a', -0]])],
  ])('%s', (_, map) => {
    expect(typeName(map)).toBe('Map')
    expect(python.eval('lambda value: isinstance(value, dict)')(map)).toBe(true)
    expect(echo(map)).toEqual(map)
    expect(echo([map])[0]).toBeInstanceOf(Map)
  })

  test('made in Python, it arrives as a Map', () => {
    expect(python.eval('__import__("pybridge").Map(a=1)')).toEqual(new Map([['a', 1]]))
  })

  test('a Map of another realm crosses', () => {
    expect(repr(runInNewContext('new Map([[1, new Set([2])]])'))).toBe('{1: Set({2})}')
  })

  test('own methods of a Map are not asked', () => {
    const map = Object.assign(new Map([[1, 2]]), { entries: () => [], forEach: () => {} })
    expect(python.eval('len')(map)).toBe(1)
  })
})

describe('keys that would become one are refused', () => {
  const a = python.eval('(1, 2)')
  const b = python.eval('(1, 2)')

  test.each<[string, unknown[]]>([
    ['1 and true', [1, true]],
    ['1 and 1n', [1, 1n]],
    ['0 and false', [0, false]],
    ['two equal tuples', [a, b]],
    ['two equal Buffers', [Buffer.from('x'), Buffer.from('x')]],
    ['2**53 as number and as bigint', [2 ** 53, 2n ** 53n]],
  ])('by Python: %s', (_, keys) => {
    const map = new Map(keys.map((key, i) => [key, i]))
    expect(refusal('CONVERSION', () => echo(map))).toContain('equal in Python')
    expect(refusal('CONVERSION', () => echo(new Set(keys)))).toContain('equal in Python')
    expect(refusal('CONVERSION', () => echo([{ deep: map }]))).toContain('equal in Python')
  })

  test.each([
    ['{float("nan"): 1, float("nan"): 2}'],
    ['{float("nan"), float("nan")}'],
    ['[{float("nan"): 1, -float("nan"): 2}]'],
  ])('by JavaScript: %s', (source) => {
    expect(refusal('CONVERSION', () => python.eval(source))).toContain('one in JavaScript')
  })

  test.each(['{-0.0: 1}', '{-0.0}', 'frozenset([-0.0])'])(
    '%s: JavaScript would make it 0',
    (source) => {
      expect(refusal('CONVERSION', () => python.eval(source))).toContain('-0.0')
      expect(python.eval('{0.0: [-0.0]}')).toEqual(new Map([[0, [-0]]]))
    },
  )

  test('one NaN and one zero are keys like any other', () => {
    expect(python.eval('{float("nan"): 1}')).toEqual(new Map([[Number.NaN, 1]]))
    expect(
      python.eval('lambda d: len(d)')(
        new Map([
          [Number.NaN, 1],
          [-0, 2],
        ]),
      ),
    ).toBe(2)
    expect([...(echo(new Set([-0])) as Set<number>)]).toEqual([0])
  })

  test.each<[string, unknown]>([
    ['an Array', new Map([[[1], 1]])],
    ['an object', new Map([[{}, 1]])],
    ['a Map', new Map([[new Map(), 1]])],
    ['a Set', new Set([new Set()])],
    ['an Array in a Set', new Set([[1]])],
  ])('%s has no hash', (_, value) => {
    expect(refusal('CONVERSION', () => echo(value))).toContain('cannot be a key')
  })

  test('a tuple with an Array inside has none either: Python says so', () => {
    expect(() => echo(new Map([[python.eval('([],)'), 1]]))).toThrow("unhashable type: 'list'")
  })
})

describe('an object that is not plain keeps its identity', () => {
  class Point {
    x = 1
  }
  const arguments_ = (function () {
    // biome-ignore lint/complexity/noArguments: it is what is tested.
    return arguments
  })()

  test.each<[string, unknown]>([
    ['an instance', new Point()],
    [
      'an accessor',
      {
        get x() {
          return 1
        },
      },
    ],
    ['a symbol key', { [Symbol('s')]: 1 }],
    ['a hidden property', Object.defineProperty({}, 'x', { value: 1 })],
    ['arguments', arguments_],
    ['Math', Math],
    ['an inherited object', Object.create({ a: 1 })],
    ['a Map subclass', new (class Cache extends Map {})()],
    ['a Set subclass', new (class Bag extends Set {})()],
    ['a WeakMap', new WeakMap()],
    ['globalThis', globalThis],
  ])('%s', (_, value) => {
    expect(echo(value)).toBe(value)
    const back = echo({ a: [value] }) as { a: unknown[] }
    expect(back.a[0]).toBe(value)
  })
})
