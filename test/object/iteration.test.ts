import { describe, expect, test } from 'vitest'
import { type PythonError, python } from '../../lib/index.js'
import { refusal, thrown } from '../fixtures/thrown.js'

python.exec(`
import types
log = []

def numbers(n):
    try:
        for i in range(n):
            yield i
    except GeneratorExit:
        log.append('closed')
        raise
    finally:
        log.append('finally')

class Box:
    def __init__(self, items):
        self.items = items
    def __iter__(self):
        try:
            yield from self.items
        finally:
            log.append('box left')

class Counter:
    def __init__(self):
        self.n = 0
        self.closes = 0
    def __iter__(self):
        return self
    def __next__(self):
        self.n += 1
        return self.n
    def close(self):
        self.closes += 1

class OldStyle:
    def __getitem__(self, i):
        if i > 2: raise IndexError
        return i * 10
`)

function log(): string[] {
  const lines = python.eval('log[:]') as string[]
  python.exec('log.clear()')
  return lines
}

describe('for…of goes through', () => {
  test.each([
    ['a list', 'types.SimpleNamespace(x=[1, 2, 3]).x', [1, 2, 3]],
    ['a range', 'range(3)', [0, 1, 2]],
    ['a generator', 'numbers(3)', [0, 1, 2]],
    ['an iterator', 'iter([1, 2])', [1, 2]],
    ['a map', 'map(str, [1, 2])', ['1', '2']],
    ['dict views', '{"a": 1}.items()', [['a', 1]]],
    ['an object with __iter__', 'Box([1, 2])', [1, 2]],
    ['an object with only __getitem__', 'OldStyle()', [0, 10, 20]],
    ['an Enum', '__import__("enum").Enum("E", "A B")', undefined],
    ['nothing', 'iter(())', []],
  ])('%s', (_, source, items) => {
    const proxy = python.ref(python.eval(source))
    if (items === undefined) expect([...proxy].map((member) => member.name)).toEqual(['A', 'B'])
    else expect([...proxy]).toEqual(items)
  })

  test('a dict: its keys; a str and bytes that stayed there', () => {
    expect([...python.ref({ a: 1, b: 2 })]).toEqual(['a', 'b'])
    expect([...python.ref('añ😀')]).toEqual(['a', 'ñ', '😀'])
    expect([...python.ref(Buffer.from('ab'))]).toEqual([97, 98])
  })

  test('destructuring, spread and Array.from', () => {
    const [a, , c] = python.eval('range(10)')
    expect([a, c]).toEqual([0, 2])
    expect(Math.max(...python.eval('range(4)'))).toBe(3)
    expect(Array.from(python.eval('range(2)'), (n: number) => n * 2)).toEqual([0, 2])
    expect(new Set(python.eval('range(2)'))).toEqual(new Set([0, 1]))
  })

  test.each(['object()', '5 .bit_length', 'int', 'types'])('%s is not iterable', (source) => {
    const proxy = python.eval(source)
    expect(Symbol.iterator in proxy).toBe(false)
    expect(() => [...proxy]).toThrow(TypeError)
  })

  test('__iter__ = None is not iterable', () => {
    const proxy = python.eval('type("N", (), {"__iter__": None, "__getitem__": lambda s, i: i})()')
    expect(() => [...proxy]).toThrow(TypeError)
  })
})

describe('an exception', () => {
  test('on the way ends the loop, and arrives', () => {
    const seen: number[] = []
    const error = thrown(() => {
      for (const n of python.eval('(1 // (2 - n) for n in range(5))')) seen.push(n)
    })
    expect(seen).toEqual([0, 1])
    expect((error as PythonError).type).toBe('ZeroDivisionError')
  })

  test('of __iter__ arrives', () => {
    const proxy = python.eval('type("I", (), {"__iter__": lambda self: 1 / 0})()')
    expect(() => [...proxy]).toThrow('division by zero')
    const odd = python.eval('type("I", (), {"__iter__": lambda self: 5})()')
    expect(() => [...odd]).toThrow(/non-iterator|must return an iterator/) // before 3.15, and from there
  })

  test('StopIteration from within a generator is a RuntimeError (PEP 479)', () => {
    python.exec('def stops():\n    yield 1\n    raise StopIteration')
    expect(() => [...python.eval('stops')()]).toThrow('generator raised StopIteration')
  })
})

describe('a loop that is left early', () => {
  test('closes a generator: its finally blocks run at once', () => {
    log()
    const generator = python.eval('numbers(5)')
    for (const n of generator) if (n === 1) break
    expect(log()).toEqual(['closed', 'finally'])
    expect([...generator]).toEqual([])
  })

  test('by a throw, too, which arrives', () => {
    log()
    const error = new Error('leave')
    expect(
      thrown(() => {
        for (const _ of python.eval('numbers(5)')) throw error
      }),
    ).toBe(error)
    expect(log()).toEqual(['closed', 'finally'])
  })

  test('closes the generator of an object’s __iter__', () => {
    log()
    for (const _ of python.eval('Box([1, 2])')) break
    expect(log()).toEqual(['box left'])
  })

  test('by destructuring', () => {
    log()
    const [first] = python.eval('numbers(5)')
    expect(first).toBe(0)
    expect(log()).toEqual(['closed', 'finally'])
  })

  test('a generator that finishes is not closed again', () => {
    log()
    expect([...python.eval('numbers(2)')]).toEqual([0, 1])
    expect(log()).toEqual(['finally'])
  })

  test('a generator that raises while it is closed: that arrives', () => {
    python.exec('def stubborn():\n    try: yield 1\n    finally: raise ValueError("in finally")')
    expect(() => {
      for (const _ of python.eval('stubborn')()) break
    }).toThrow('in finally')
  })

  test('leaves any other iterator as it is, to go on with', () => {
    const counter = python.eval('Counter()')
    for (const n of counter) if (n === 2) break
    for (const n of counter) if (n === 4) break
    expect([counter.n, counter.closes]).toEqual([4, 0])
  })
})

test('two loops over one container are independent, over one iterator they share it', () => {
  const list = python.ref([1, 2, 3])
  const one = list[Symbol.iterator]()
  const two = list[Symbol.iterator]()
  expect([one.next().value, two.next().value, one.next().value]).toEqual([1, 1, 2])
  const iterator = python.eval('iter([1, 2, 3])')
  expect([...iterator]).toEqual([1, 2, 3])
  expect([...iterator]).toEqual([])
})

test('a container that grows meanwhile: as in Python', () => {
  const list = python.ref([1, 2])
  const seen: number[] = []
  for (const n of list) {
    seen.push(n)
    if (seen.length < 5) list.append(n)
  }
  expect(seen).toEqual([1, 2, 1, 2, 1, 2])
  const dict = python.ref({ a: 1 })
  expect(() => {
    for (const key of dict) dict.update({ [`${key}x`]: 1 })
  }).toThrow('dictionary changed size during iteration')
})

test('releasing the container within the loop harms nobody; releasing the iterator is refused', () => {
  const list = python.ref([1, 2, 3])
  const seen: number[] = []
  for (const n of list) {
    if (n === 1) list[Symbol.dispose]()
    seen.push(n)
  }
  expect(seen).toEqual([1, 2, 3])
  const iterator = python.eval('iter([1, 2, 3])')
  refusal('RELEASED', () => {
    for (const _ of iterator) {
      iterator[Symbol.dispose]()
      iterator[Symbol.dispose]()
    }
  })
})

test('an endless iterator is not drained', () => {
  const count = python.import('itertools').count()
  let n = 0
  for (const value of count) {
    n = value
    if (n === 1000) break
  }
  expect(n).toBe(1000)
})
