import { describe, expect, test } from 'vitest'
import { kw, python } from '../../lib/index.js'
import { refusal } from '../fixtures/thrown.js'

python.exec(`
class Point:
    def __init__(self, x=0, *, y=0):
        self.x, self.y = x, y

class Sneaky:
    def __new__(cls):
        return 5

class Failing:
    def __init__(self):
        raise ValueError('no')

class Meta(type):
    def __call__(cls, *args):
        return [cls.__name__, *args]

class Made(metaclass=Meta):
    pass
`)

describe('new', () => {
  test('makes an object, and keeps it in Python', () => {
    const point = new (python.eval('Point'))(3, kw({ y: [4] }))
    expect([point.x, python.copy(point.y)]).toEqual([3, [4]])
    const list = new python.builtins.list([1, 2])
    list.append(3)
    expect(python.copy(list)).toEqual([1, 2, 3])
    const dict = new python.builtins.dict(kw({ a: 1 }))
    dict.update({ b: 2 })
    expect(python.copy(dict)).toEqual({ a: 1, b: 2 })
  })

  test('a call without new gives what crosses', () => {
    expect(python.builtins.list([1, 2])).toEqual([1, 2])
    expect(python.builtins.int('5')).toBe(5)
    expect(new python.builtins.int('5').bit_length()).toBe(3)
  })

  test('whatever __new__ or a metaclass answers stays there', () => {
    expect(Number(new (python.eval('Sneaky'))())).toBe(5)
    expect(python.copy(new (python.eval('Made'))(1))).toEqual(['Made', 1])
    const f = () => {}
    expect(new (python.eval('type("Back", (), {"__new__": lambda cls, f: f})'))(f)).toBe(f)
  })

  test('an exception arrives', () => {
    expect(() => new (python.eval('Failing'))()).toThrow('no')
    expect(() => new (python.eval('Point'))(1, 2, 3)).toThrow('positional argument')
    expect(() => new (python.eval('__import__("abc").ABC.__subclasscheck__.__class__'))()).toThrow()
  })

  test('only a class can be constructed', () => {
    expect(() => new (python.eval('lambda: 1'))()).toThrow(TypeError)
    expect(() => new python.builtins.len()).toThrow(TypeError)
    expect(() => new (python.eval('object()'))()).toThrow(TypeError)
  })

  test('Reflect.construct', () => {
    expect((Reflect.construct(python.eval('Point'), [7]) as { x: number }).x).toBe(7)
  })

  test('trailing undefined is omitted, one before a value is refused', () => {
    expect(new (python.eval('Point'))(undefined).x).toBe(0)
    refusal('CONVERSION', () => new (python.eval('Point'))(undefined, 1))
  })

  test('many times over', () => {
    const Point = python.eval('Point')
    for (let i = 0; i < 10_000; i++) {
      using point = new Point(i)
      if (point.x !== i) throw new Error(`${i}`)
    }
  })
})
