// Registered and scoped converters: which one is asked, when, and what becomes of what it gives.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type Converter,
  type GivenConverters,
  kw,
  type PyProxy,
  python,
  withOptions,
} from '../../lib/index.js'
import { refusal } from '../fixtures/thrown.js'

python.exec(`
import abc, fractions, sys, types
class Money:
    def __init__(self, amount): self.amount = amount
    def __eq__(self, other): return type(self) is type(other) and self.amount == other.amount
    def __hash__(self): return hash(self.amount)
class Coin(Money): pass
class Shelf:
    def __init__(self, *items): self.items = items
    first = property(lambda self: self.items[0])
    def __getitem__(self, index): return self.items[index]
class Measured(abc.ABC): pass
Measured.register(fractions.Fraction)
class Sized:
    __size__ = 5
def is_coin(kind): return kind.__name__ == 'Coin'
echo = lambda value: value
name = lambda value: type(value).__name__
`)
const echo = python.eval('echo')
const name = python.eval('name')
const { Money, Coin, Shelf } = python.eval(
  'types.SimpleNamespace(Money=Money, Coin=Coin, Shelf=Shelf)',
)

class Price {
  constructor(readonly amount: number) {}
}

/** Both ways. */
const money: Converter<Price> = {
  python: '__main__.Money',
  js: Price,
  toJs: (value) => new Price(value.amount),
  toPython: ({ amount }) => Money(amount),
}
const label = (text: string, python: Converter['python'] = '__main__.Money'): Converter =>
  ({ python, toJs: () => text }) as Converter

let undo: (() => void)[] = []
const register = (given: GivenConverters): void => {
  undo.push(python.register(given))
}
beforeEach(() => {
  undo = []
})
afterEach(() => {
  for (const one of undo) one()
})

describe('which objects of Python a converter is for', () => {
  test.each<[string, Converter['python'], string, boolean]>([
    ['a class', Money, 'Money(1)', true],
    ['a class, for those derived from it', Money, 'Coin(1)', true],
    ['a class, not for its bases', Coin, 'Money(1)', false],
    [
      'an abstract class, for those registered with it',
      python.eval('Measured'),
      'fractions.Fraction(1)',
      true,
    ],
    ['a name', '__main__.Coin', 'Coin(1)', true],
    ['a name, for classes derived from it', '__main__.Money', 'Coin(1)', true],
    ['a name of another module', 'money.Money', 'Money(1)', false],
    ['the name of a base that a class of C has', 'numbers.Rational', 'fractions.Fraction(1)', true],
    [
      'a name by which a class is found, whatever it says',
      'pathlib.PurePath',
      '__import__("pathlib").Path()',
      true,
    ],
    ['a nested name', 'types.SimpleNamespace', 'types.SimpleNamespace()', true],
    ['a name of nothing', '__main__.Nothing', 'Money(1)', false],
    ['a function that says so', python.eval('is_coin'), 'Coin(1)', true],
    ['a function that says no', python.eval('is_coin'), 'Money(1)', false],
    ['the name of a function', '__main__.is_coin', 'Coin(1)', true],
    ['a protocol', '__size__', 'Sized()', true],
    ['a protocol that it lacks', '__size__', 'Money(1)', false],
    ['a function of Python', 'builtins.function', 'echo', true],
    ['a class', 'builtins.type', 'Money', true],
    ['a module', 'builtins.module', 'sys', true],
    [
      'a datetime, which the table copies',
      'datetime.datetime',
      '__import__("datetime").datetime(2020, 1, 2)',
      true,
    ],
  ])('%s', (_, wanted, source, fits) => {
    register(label('converted', wanted))
    const value = python.eval(source)
    expect(value === 'converted').toBe(fits)
    expect(python.eval(`[${source}, {'key': ${source}}]`)[1].key === 'converted').toBe(fits)
  })

  test('not for what the table copies', () => {
    register(
      ['int', 'str', 'list', 'dict', 'bool', 'NoneType'].map((kind) =>
        label('no', `builtins.${kind}`),
      ),
    )
    const values = [1, 'a', [2], { b: 3 }, true, null, 2n ** 70n]
    expect(echo(values)).toEqual(values)
  })

  test('not for an exception that was raised, which stays an error', () => {
    register(label('converted', 'builtins.ValueError'))
    expect(() => python`raise ValueError('no')`).toThrow('no')
  })

  test('a class of Python that fails when it is asked says so', () => {
    python.exec(`
class Meta(type):
    def __instancecheck__(cls, other): return True
    def __subclasscheck__(cls, other): raise RuntimeError('asked')
class Odd(metaclass=Meta): pass`)
    register(label('converted', python.eval('Odd')))
    expect(() => python.eval('Money(1)')).toThrow('asked')
    expect(echo([1])).toEqual([1])
  })
})

describe('which objects of JavaScript a converter is for', () => {
  class Euro extends Price {}
  test.each<[string, object, string]>([
    ['its class', new Price(1), 'Money'],
    ['a class derived from it', new Euro(1), 'Money'],
    ['none without a prototype', Object.create(null), 'dict'],
    ['no plain object', { amount: 1 }, 'dict'],
    ['no array', [1], 'list'],
  ])('%s', (_, value, type) => {
    register(money)
    expect(name(value)).toBe(type)
    expect(name(python.ref([value])[0])).toBe(type)
  })

  test('a function can have one', () => {
    register({ js: Function, toPython: (value: { name: string }) => value.name })
    expect(echo(Math.max)).toBe('max')
  })

  test('an error that stands for an exception of Python comes home nonetheless', () => {
    register({ js: Error, toPython: ({ message }: Error) => message })
    const error = echo(python.eval('ValueError("mine")'))
    expect(echo(new TypeError('theirs'))).toBe('theirs')
    expect(python.eval('lambda e: type(e) is ValueError')(error)).toBe(true)
  })

  test.each([
    ['a scalar', 5, 'int'],
    ['null', null, 'NoneType'],
    ['a container', [1], 'list'],
    ['a function', Math.max, 'JsProxy'],
  ])('what it makes may be %s', (_, made, type) => {
    register({ js: Price, toPython: () => made })
    expect(name(new Price(1))).toBe(type)
    expect(echo([new Price(1)])).toEqual([made])
  })

  test('a converter for keys', () => {
    register(money)
    const price = new Price(3)
    const [key] = [...echo(new Map([[price, 1]])).keys()]
    expect(key).toEqual(price)
    expect(python.eval('lambda d: d[Money(3)]')(new Map([[price, 'found']]))).toBe('found')
    expect(python.eval('{Coin(1): 2}')).toEqual(new Map([[new Price(1), 2]]))
    expect(python.eval('lambda s: Money(3) in s')(new Set([price]))).toBe(true)
  })

  test('keys that become one are refused', () => {
    register(label('same'))
    refusal('CONVERSION', () => python.eval('{Money(1): 1, Money(2): 2}'))
    expect(python.eval('{Money(1): 1}')).toEqual(new Map([['same', 1]]))
  })
})

describe('which converter is asked', () => {
  test('the one that was registered last', () => {
    register(label('first'))
    register(label('second'))
    expect(python.eval('Money(1)')).toBe('second')
    undo.pop()?.()
    expect(python.eval('Money(1)')).toBe('first')
    undo.pop()?.()
    expect(typeof python.eval('Money(1)')).toBe('object')
  })

  test('the last of several', () => {
    register([label('first'), [label('second'), label('third', '__main__.Coin')]])
    expect(python.eval('[Money(1), Coin(1)]')).toEqual(['second', 'third'])
  })

  test('taking one back twice takes no other back', () => {
    const one = label('one')
    const takeBack = python.register(one)
    register(one)
    takeBack()
    takeBack()
    expect(python.eval('Money(1)')).toBe('one')
  })

  test('the innermost scope', () => {
    register(label('everywhere'))
    const value = (): unknown => python.eval('[Money(1), Coin(1)]')
    python.withConverters([label('outer')], () => {
      expect(value()).toEqual(['outer', 'outer'])
      python.withConverters(label('inner', '__main__.Coin'), () => {
        expect(value()).toEqual(['outer', 'inner'])
      })
      expect(value()).toEqual(['outer', 'outer'])
    })
    expect(value()).toEqual(['everywhere', 'everywhere'])
  })

  test('one that is registered within a scope is in force there, and after it', () => {
    python.withConverters([label('scoped', '__main__.Coin')], () => {
      register(label('registered'))
      expect(python.eval('[Money(1), Coin(1)]')).toEqual(['registered', 'scoped'])
    })
    expect(python.eval('Coin(1)')).toBe('registered')
  })

  test('scopes of async code do not mix', async () => {
    const one = (text: string): Promise<unknown[]> =>
      python.withConverters([label(text)], async () => {
        const seen: unknown[] = []
        for (let i = 0; i < 5; i++) {
          await sleep(Math.random() * 4)
          seen.push(python.eval('Money(1)'), await withOptions(echo, {}).async(Money))
          seen.push(await echo.async(new Price(1)), await python.eval('Money').async(1))
        }
        return seen.filter((value) => typeof value === 'string')
      })
    const texts = ['a', 'b', 'c', 'd']
    const all = await Promise.all(texts.map(one))
    expect(all).toEqual(texts.map((text) => new Array(10).fill(text)))
    expect(typeof python.eval('Money(1)')).toBe('object')
  })

  test('a scope ends with an error, too', async () => {
    const fail = (): never => {
      throw new Error('left')
    }
    expect(() => python.withConverters([label('scoped')], fail)).toThrow('left')
    await expect(python.withConverters([label('scoped')], async () => fail())).rejects.toThrow(
      'left',
    )
    expect(typeof python.eval('Money(1)')).toBe('object')
  })

  test('gives what the body gives', async () => {
    expect(python.withConverters([], () => 5)).toBe(5)
    expect(await python.withConverters([], async () => 5)).toBe(5)
  })

  test('those of a callable, for its arguments and its result, sync and off the thread', async () => {
    const own = withOptions(echo, { converters: [money] })
    const kept = withOptions(name, { converters: money })
    expect(own(Money(2))).toEqual(new Price(2))
    expect(kept(new Price(2))).toBe('Money')
    expect(name(new Price(2))).toBe('JsProxy')
    expect(await own.async(Money(2))).toEqual(new Price(2))
    expect(await kept.async(new Price(2))).toBe('Money')
    expect(typeof echo(Money(2))).toBe('object')
  })

  test('with a limit as well', async () => {
    const own = withOptions(echo, { converters: [money], timeout: 5000 })
    expect(own(Money(2))).toEqual(new Price(2))
    expect(await own.async([Money(2)])).toEqual([new Price(2)])
  })

  test('an off-thread call has those of where it was made', async () => {
    const call = python.withConverters([label('scoped')], () => python.eval('Money').async(1))
    register(label('later'))
    expect(await call).toBe('scoped')
  })
})

describe('where values cross', () => {
  beforeEach(() => register({ ...money, live: true }))

  test('an argument, a keyword, an attribute and an item that is set', () => {
    expect(
      python.eval('lambda *a, **k: [type(x).__name__ for x in (*a, *k.values())]')(
        new Price(1),
        kw({ b: new Price(2) }),
      ),
    ).toEqual(['Money', 'Money'])
    const holder = python.eval('types.SimpleNamespace()')
    holder.price = new Price(3)
    expect(python.eval('lambda h: type(h.price).__name__')(holder)).toBe('Money')
  })

  test('an argument of a callback, and its result', () => {
    const seen: unknown[] = []
    const type = python.eval('lambda f: type(f(Money(1), [Coin(2)], k=Money(3))).__name__')(
      (...args: unknown[]) => {
        seen.push(...args)
        return new Price(4)
      },
    )
    expect(seen).toEqual([new Price(1), [new Price(2)], { k: new Price(3) }])
    expect(type).toBe('Money')
  })

  test('the same from another thread', async () => {
    const seen: unknown[] = []
    const call = python.eval('lambda f: type(f(Money(1))).__name__')
    expect(
      await call.async((price: unknown) => {
        seen.push(price)
        return [new Price(4)][0]
      }),
    ).toBe('Money')
    expect(seen).toEqual([new Price(1)])
  })

  test('the items that Python yields', () => {
    expect([...python.eval('(Money(i) for i in range(3))')]).toEqual(
      [0, 1, 2].map((i) => new Price(i)),
    )
  })

  test('a copy', () => {
    const list = python.ref([])
    list.append(new Price(1))
    expect(python.copy(list)).toEqual([new Price(1)])
  })

  test('what is reached stays a reference where the converter says live', () => {
    const shelf = Shelf(Money(1))
    expect(shelf.first.amount).toBe(1)
    expect(shelf.first).not.toBeInstanceOf(Price)
    undo.pop()?.()
    register(money)
    expect(Shelf(Money(1)).first).toEqual(new Price(1))
    expect(Shelf(Money(1))[0]).toEqual(new Price(1))
  })

  test.each<[string, () => PyProxy]>([
    ['python.ref', () => python.ref(new Price(1))],
    ['new', () => new Money(1)],
    ['returns: ref', () => withOptions(Money, { returns: 'ref' })(1)],
    ['python.import', () => python.import('sys')],
  ])('what is asked for as a reference is one: %s', (_, make) => {
    register(label('converted', 'builtins.object'))
    const value = make()
    expect(typeof value).toBe('object')
    expect(value).not.toBeInstanceOf(Price)
  })

  test('the same off the thread', async () => {
    const value = await withOptions(Money, { returns: 'ref' }).async(1)
    expect(value).not.toBeInstanceOf(Price)
    expect(value.amount).toBe(1)
  })

  test("in mode 'ref' and 'json' there are none", () => {
    expect(withOptions(name, { args: 'ref' })(new Price(1))).toBe('JsProxy')
    refusal('CONVERSION', () => withOptions(name, { args: 'json' })(new Price(1)))
    refusal('CONVERSION', () => withOptions(Money, { returns: 'json' })(1))
  })

  test('what occurs twice arrives once, and is asked for once', () => {
    let asked = 0
    const seen = (value: PyProxy): Price => {
      asked++
      return new Price(value.amount)
    }
    register({ python: Money, toJs: seen })
    const [a, { b }] = python.eval('(lambda m: [m, {"b": m}])(Money(1))')
    expect(a).toBe(b)
    expect(asked).toBe(1)
    const price = new Price(1)
    expect(python.eval('lambda a: a[0] is a[1]["b"]')([price, { b: price }])).toBe(true)
  })
})

describe('converters are code of the user', () => {
  const big = `[[i, str(i), i / 2, Money(i), {'key': Money(i + 1), 'text': 'x' * (i % 90)}] for i in range(500)]`
  const expected = (make: (amount: number) => unknown): unknown[] =>
    Array.from({ length: 500 }, (_, i) => [
      i,
      String(i),
      i / 2,
      make(i),
      { key: make(i + 1), text: 'x'.repeat(i % 90) },
    ])

  test('that may use Python while a large container comes', () => {
    let calls = 0
    register({
      python: Money,
      toJs: (value) => {
        python.eval('[{"other": i, "more": str(i) * 3} for i in range(5)]')
        echo([{ a: 1, b: 'text'.repeat(calls++ % 40) }])
        if (calls % 100 === 0) python.eval('list(range(20000))')
        return new Price(value.amount)
      },
    })
    expect(python.eval(big)).toEqual(expected((amount) => new Price(amount)))
  })

  test('that may use Python while a large container goes', () => {
    register({
      js: Price,
      toPython: ({ amount }: Price) => {
        python.eval('[{"other": i, "more": str(i) * 3} for i in range(5)]')
        echo([{ a: 1, b: new Map([[{ c: amount }.c, 'text']]) }])
        return Money(amount)
      },
    })
    const value = expected((amount) => new Price(amount))
    expect(python.eval(`lambda value: value == ${big}`)(value)).toBe(true)
  })

  test('that may use Python when an off-thread call is settled', async () => {
    register({ python: Money, toJs: (value) => new Price(echo([value.amount])[0]) })
    const results = await Promise.all([1, 2, 3].map(() => python.eval(`lambda: ${big}`).async()))
    for (const result of results) expect(result).toEqual(expected((amount) => new Price(amount)))
  })

  test.each([
    ['a result', () => python.eval('[1, Money(1), "a" * 100, {"b": Money(2)}]')],
    ['a single one', () => python.eval('Money(1)')],
    ['what is reached', () => Shelf(Money(1)).first],
    ['an argument of a callback', () => python.eval('lambda f: f(Money(1), "a" * 100)')(() => 5)],
  ])('what toJs throws comes out of %s', (_, cross) => {
    const error = new RangeError('no such money')
    register({
      python: Money,
      toJs: () => {
        echo(['while it crosses'])
        throw error
      },
    })
    expect(cross).toThrow('no such money')
    expect(echo([{ a: 'intact'.repeat(20) }, 2])).toEqual([{ a: 'intact'.repeat(20) }, 2])
  })

  test('what toJs throws rejects an off-thread call, and the others are well', async () => {
    register({
      python: Coin,
      toJs: () => {
        throw new RangeError('no coins')
      },
    })
    const make = python.eval('lambda kind: [kind(1), "a" * 100]')
    const calls = [make.async(Coin), make.async(Shelf), make.async(Coin), echo.async(['b'])]
    const outcomes = await Promise.allSettled(calls)
    expect(outcomes.map(({ status }) => status)).toEqual([
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ])
  })

  test('what toPython throws comes out, and is thrown into Python from the result of a callback', () => {
    const error = new RangeError('no such price')
    const throwing = (): never => {
      throw error
    }
    register({ js: Price, toPython: throwing })
    expect(() => echo([[new Price(1)]])).toThrow(error)
    const caught = python.eval(`(lambda: exec("""
def caught(f):
    try: f()
    except Exception as e: return e.args[0]
    return 'nothing'""", globals()))() or caught`)
    expect(caught(() => [new Price(1)])).toMatch('no such price')
    expect(echo([1])).toEqual([1])
  })

  test('an exception of Python that toJs lets out is the same', () => {
    register({ python: Money, toJs: () => python.eval('1 / 0') })
    expect(() => python.eval('[Money(1)]')).toThrow('division by zero')
  })

  test('toJs that gives the object leaves it a reference', () => {
    register({ python: Money, toJs: (value) => value })
    expect(python.eval('[Money(7)]')[0].amount).toBe(7)
  })

  test('toPython that gives the object lets it cross as a reference', () => {
    register({ js: Price, toPython: (value: Price) => value })
    const price = new Price(1)
    expect(name(price)).toBe('JsProxy')
    expect(echo([price])[0]).toBe(price)
  })

  test('toPython may give objects for other converters, and for itself', () => {
    class Basket {
      constructor(readonly prices: unknown[]) {}
    }
    register(money)
    register({ js: Basket, toPython: ({ prices }: Basket) => prices })
    const basket = new Basket([new Price(1), new Basket([new Price(2)])])
    expect(echo({ basket })).toEqual({ basket: [new Price(1), [new Price(2)]] })
  })

  test.each<[string, () => unknown, RegExp]>([
    ['a container with the object', () => [price], /of itself/],
    ['ever new objects', () => new Price(1), /ever more/],
    ['nothing', () => undefined, /undefined/],
  ])('toPython that makes %s is refused', (_, toPython, why) => {
    register({ js: Price, toPython })
    expect(refusal('CONVERSION', () => echo([price]))).toMatch(why)
    expect(() => python.eval('lambda f: f()')(() => price)).toThrow(why)
    expect(echo([1])).toEqual([1])
  })
  const price = new Price(1)

  test('objects within objects go as deep as they like', () => {
    class Nested {
      constructor(readonly inner: unknown) {}
    }
    register({ js: Nested, toPython: ({ inner }: Nested) => [inner] })
    let nested: unknown = null
    for (let i = 0; i < 5000; i++) nested = new Nested(nested)
    python.exec(`
def depth(value):
    count = 0
    while value is not None: value = value[0]; count += 1
    return count`)
    expect(python.eval('depth')(nested)).toBe(5000)
  })

  test('a scope that a converter opens ends with it', () => {
    register({
      python: Money,
      toJs: () => python.withConverters([label('inner', Coin)], () => python.eval('Coin(1)')),
    })
    expect(python.eval('[Money(1), Coin(2)]')).toEqual(['inner', 'inner'])
  })

  test('a converter that takes itself back is asked once more at most', () => {
    const takeBack = python.register({
      python: Money,
      toJs: () => {
        takeBack()
        return 'once'
      },
    })
    expect(python.eval('[Money(1)]')).toEqual(['once'])
    expect(typeof python.eval('Money(1)')).toBe('object')
  })
})

describe('what is no converter', () => {
  const toJs = (): number => 1
  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a function', toJs],
    ['neither way', {}],
    ['neither way, with a class', { python: 'a.B' }],
    ['toJs without python', { toJs }],
    ['toPython without js', { toPython: toJs }],
    ['python without toJs', { python: 'a.B', js: Price, toPython: toJs }],
    ['js without toPython', { python: 'a.B', js: Price, toJs }],
    ['a toJs that is no function', { python: 'a.B', toJs: 5 }],
    ['a toPython that is no function', { js: Price, toPython: {} }],
    ['a live that is no boolean', { python: 'a.B', toJs, live: 1 }],
    ['an empty name', { python: '', toJs }],
    ['a name that none is', { python: 'a..B', toJs }],
    ['a name with a space', { python: 'a b', toJs }],
    ['a class of JavaScript for python', { python: Price, toJs }],
    ['an instance of Python for python', { python: python.eval('Money(1)'), toJs }],
    ['a class of Python for js', { js: Money, toPython: toJs }],
    ['an arrow function for js', { js: toJs, toPython: toJs }],
    ['an object for js', { js: {}, toPython: toJs }],
    ['an array with one of these', [money, [{ toJs }]]],
  ])('%s', (_, given) => {
    refusal('INVALID_ARGUMENT', () => python.register(given as Converter))
    refusal('INVALID_ARGUMENT', () => python.withConverters([given as Converter], () => 1))
    if (given === undefined) return
    refusal('INVALID_ARGUMENT', () => withOptions(echo, { converters: given as Converter }))
  })

  test('a body that is no function', () => {
    refusal('INVALID_ARGUMENT', () => python.withConverters([], 5 as never))
  })
})
