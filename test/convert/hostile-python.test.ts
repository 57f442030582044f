// Values of Python whose own code runs while they cross, or while they are used.
import { describe, expect, test } from 'vitest'
import { python } from '../../lib/index.js'
import { thrown } from '../fixtures/thrown.js'

python.exec(`
calls = []

class Evil:
    'Everything that it can be asked raises.'
    def _refuse(self, *args):
        raise RuntimeError('asked')
    __eq__ = __bool__ = __index__ = __int__ = __float__ = __len__ = __iter__ = _refuse
    __str__ = __repr__ = __format__ = __bytes__ = __contains__ = __call__ = _refuse
    __getattr__ = __enter__ = __exit__ = __reduce__ = __dir__ = __sizeof__ = _refuse
    def __hash__(self):
        raise RuntimeError('asked for its hash')

class Hashed:
    'Calls a function from __hash__ and __eq__.'
    def __init__(self, function, number=1):
        self.function, self.number = function, number
    def __hash__(self):
        self.function('hash')
        return 1
    def __eq__(self, other):
        self.function('eq')
        return self is other

class OddEqual:
    def __init__(self, answer):
        self.answer = answer
    def __hash__(self):
        return 1
    def __eq__(self, other):
        return self.answer
`)
const echo = python.eval('lambda *values: values')
const hashed = python.eval('Hashed')

test('an object whose every method raises crosses as a reference, without being asked', () => {
  const evil = python.eval('Evil()')
  const [a, { b }, map] = python.eval('(lambda e: [e, {"b": e}, {1: e}])(Evil())')
  expect(b).toBe(a)
  expect(map.get(1)).toBe(a)
  expect(python.eval('lambda e: type(e).__name__')(evil)).toBe('Evil')
  expect(echo(evil)[0]).toBe(evil)
})

test('__hash__ that raises: its exception arrives', () => {
  const evil = python.eval('Evil()')
  for (const value of [new Map([[evil, 1]]), new Set([evil]), [new Map([[evil, 1]])]]) {
    expect(() => echo(value)).toThrow('asked for its hash')
  }
})

test.each([
  ['not a bool', '"no"', false],
  ['an object without truth', 'Evil()', true],
  ['NotImplemented', 'NotImplemented', true],
])('__eq__ that answers %s', (_, answer, fits) => {
  const [a, b] = [python.eval(`OddEqual(${answer})`), python.eval(`OddEqual(${answer})`)]
  const body = () => python.eval('len')(new Set([a, b]))
  if (answer === 'Evil()') expect(body).toThrow('asked')
  else if (fits) expect(body()).toBe(2)
  else expect(body).toThrow('equal in Python')
})

describe('code of ours that runs in __hash__ while a Map crosses', () => {
  test('may call Python with values of every size', () => {
    const seen: unknown[] = []
    const key = hashed((why: string) => {
      seen.push([why, python.eval('[1, [2, "three"]]'), echo([4], { a: Buffer.from('x') })])
    })
    const value = new Map<unknown, unknown>([
      [key, [1, 2, 3]],
      ['text', { a: 1.5 }],
    ])
    const [back, after] = echo(value, ['end', 2 ** 40])
    expect(back).toEqual(value)
    expect(after).toEqual(['end', 2 ** 40])
    expect(seen.length).toBeGreaterThan(0)
    expect(seen[0]).toEqual(['hash', [1, [2, 'three']], [[4], { a: Buffer.from('x') }]])
  })

  test('may make the tape grow', () => {
    const key = hashed(() => {
      echo(Array.from({ length: 100_000 }, (_, i) => i + 0.5))
      python.eval('list(range(100_000))')
    })
    const value = new Map<unknown, unknown>([[key, Array.from({ length: 1000 }, (_, i) => i)]])
    expect((echo(value)[0] as typeof value).get(key)).toHaveLength(1000)
  })

  test('may throw: the same error arrives', () => {
    const error = new Error('from a callback')
    const key = hashed(() => {
      throw error
    })
    expect(thrown(() => echo([1, { a: new Map([[key, 1]]) }]))).toBe(error)
    expect(echo(1)).toEqual([1])
  })

  test('may release the very key', () => {
    const key = hashed(() => {})
    const other = hashed(() => key[Symbol.dispose]())
    expect(() =>
      echo(
        new Map([
          [other, 1],
          [key, 2],
        ]),
      ),
    ).toThrow('RELEASED')
    expect(echo(1)).toEqual([1])
  })

  test('may release the callee', () => {
    const callee = python.eval('lambda value: len(value)')
    const key = hashed(() => {
      if (dispose) callee[Symbol.dispose]()
      dispose = false
    })
    let dispose = true
    expect(callee(new Map([[key, 1]]))).toBe(1)
  })

  test('may release the object whose attribute or item is set, and make others', () => {
    const space = python.eval('__import__("types").SimpleNamespace()')
    const list = python.ref([0])
    const made: unknown[] = []
    const key = hashed(() => {
      for (const object of [space, list]) {
        try {
          object[Symbol.dispose]()
        } catch {}
      }
      for (let i = 0; i < 20; i++) made.push(python.eval('__import__("types").SimpleNamespace()'))
    })
    python.exec('import gc, types')
    space.x = new Map([[key, 1]])
    const other = python.ref([0])
    expect(made.every((object) => (object as { x?: unknown }).x === undefined)).toBe(true)
    expect(python.copy(other)).toEqual([0])
    expect(() => {
      list[0] = new Map([[key, 1]])
    }).toThrow('RELEASED')
  })

  test('may use more names than are kept', () => {
    const space = python.eval('__import__("types").SimpleNamespace(known=5)')
    const key = hashed(() => {
      if (many) for (let i = 0; i < 100_010; i++) void space[`name${i}`]
      many = false
    })
    let many = true
    space.target = new Map([[key, 1]])
    expect(python.eval('lambda s: len(s.target)')(space)).toBe(1)
    expect(space.known).toBe(5)
  })
})

describe('exceptions in a container', () => {
  test('arrive as PythonErrors, with sharing, and go back as themselves', () => {
    python.exec('error = ValueError("v"); held = [error, {"e": error}, [KeyError("k")]]')
    const [a, { e }, [other]] = python.eval('held')
    expect(a).toBe(e)
    expect([a.name, a.type, a.message]).toEqual(['PythonError', 'ValueError', 'v'])
    expect(other.type).toBe('KeyError')
    expect(python.eval('lambda v: v[0] is error and v[1] is error')([a, e])).toBe(true)
  })

  test('whose __str__ changes the container or calls back', () => {
    python.exec(`
class Loud(Exception):
    def __str__(self):
        kept.clear()
        return str(callback([1, 2, 3]))
`)
    python.eval('globals().__setitem__')('callback', (list: number[]) => echo(list)[0].length)
    python.exec('kept = [1, Loud(), [2, Loud()], "end"]')
    const [one, loud, [two], end] = python.eval('kept')
    expect([one, two, end]).toEqual([1, 2, 'end'])
    expect(loud.message).toBe('3')
  })

  test('whose __str__ raises', () => {
    python.exec(`
class Broken(Exception):
    def __str__(self):
        raise RuntimeError('no text')
`)
    expect(python.eval('[Broken(1)]')[0].message).toBe('<unprintable>')
  })
})

describe('__del__', () => {
  test('that raises, calls back or resurrects harms nobody', () => {
    const seen: string[] = []
    const unraisable: string[] = []
    python.eval(
      'lambda hook: setattr(__import__("sys"), "unraisablehook", lambda u: hook(str(u.exc_value)))',
    )((text: string) => unraisable.push(text))
    python.exec(`
class Gone:
    def __init__(self, function): self.function = function
    def __del__(self):
        self.function(self)
saved = []
`)
    const gone = python.eval('Gone')
    const make = (f: (self: unknown) => unknown) => new gone(f)
    make(() => seen.push('called'))[Symbol.dispose]()
    make(() => {
      seen.push('thrown')
      throw new Error('in __del__')
    })[Symbol.dispose]()
    make((self) => {
      seen.push('resurrected')
      python.eval('saved.append')(self)
    })[Symbol.dispose]()
    expect(seen).toEqual(['called', 'thrown', 'resurrected'])
    expect(unraisable.join()).toContain('in __del__')
    expect(python.eval('[type(s).__name__ for s in saved]')).toEqual(['Gone'])
  })

  // The last share of an object that a call on another thread had is given up in the next call, after
  // what that one returns was written, and before it is read.
  describe('that runs after a result was written, and lets values cross', () => {
    python.exec(`
class Last:
    def __init__(self, function): self.function = function
    def __del__(self): self.function([9.5, 'of __del__ ' * 20, {'key of __del__': self.function}])
`)
    const last = python.eval('Last')
    const wait = python.eval('lambda last: __import__("time").sleep(0.01)')
    const others: unknown[] = []
    const takeOthers = (value: unknown) => {
      others.push(value)
      return [0, 'returned', { to: ['__del__'] }]
    }

    test.each([
      ['numbers', '[1.5, -0.0, 3]', [1.5, -0, 3]],
      ['texts', '["ä" * 40, "☃", {"a": "☃" * 30}]', ['ä'.repeat(40), '☃', { a: '☃'.repeat(30) }]],
      ['lanes', '[2**70, b"a", [1]]', [2n ** 70n, Buffer.from('a'), [1]]],
      ['rows', '[{"x": n, "y": 0.5} for n in range(3)]', [0, 1, 2].map((x) => ({ x, y: 0.5 }))],
      ['undefined', '__import__("pybridge").undefined', undefined],
      ['a scalar', '1.5', 1.5],
    ])('%s', async (_name, expression, expected) => {
      others.length = 0
      const make = python.eval(`lambda: ${expression}`)
      const object = last(takeOthers)
      const answer = wait.async(object)
      object[Symbol.dispose]()
      await answer
      expect(others).toEqual([])
      expect(make()).toEqual(expected)
      expect(others).toHaveLength(1)
    })
  })

  test('that runs while a value crosses, by Python’s collector, may change what crosses', () => {
    python.exec(`
import gc
class Shrinker:
    def __init__(self, victims):
        self.victims, self.me = victims, self
    def __del__(self):
        for victim in self.victims: victim.clear()

def provoke():
    rows = [{'a': [1, 2, 3], 'b': {n}} for n in range(300)]
    table = {(frozenset([n]),): [n, {n}] for n in range(300)}
    value = [rows, table, [{n} for n in range(300)]]
    Shrinker([rows, table] + rows)
    gc.set_threshold(1)
    return value
`)
    for (let i = 0; i < 20; i++) {
      try {
        expect(Array.isArray(python.eval('provoke')())).toBe(true)
      } catch (error) {
        expect(String(error)).toMatch(/changed while it crossed|out of range/)
      }
    }
    python.exec('gc.set_threshold(700, 10, 10)')
    expect(python.eval('1 + 1')).toBe(2)
  })
})

test('containers that another thread changes while they cross', () => {
  python.exec(`
import threading
stop = threading.Event()
shared_list, shared_dict, shared_set = [0] * 100, {str(n): [n] for n in range(100)}, set(range(100))
def change(name):
    n = 0
    while not stop.is_set():
        n += 1
        shared_list.append([n]); shared_list.pop(0)
        shared_dict[f'{name} {n}'] = [n]; shared_dict.pop(f'{name} {n}')
        shared_set.add((name, n)); shared_set.discard((name, n))
threads = [threading.Thread(target=change, args=(name,), daemon=True) for name in 'ab']
for thread in threads: thread.start()
`)
  try {
    for (let i = 0; i < 300; i++) {
      try {
        const [list, dict, set] = python.eval('[shared_list, shared_dict, shared_set]')
        expect(list.length).toBeGreaterThan(50)
        expect(Object.keys(dict).length).toBeGreaterThan(50)
        expect(set.size).toBeGreaterThanOrEqual(100)
      } catch (error) {
        expect(String(error)).toMatch(/changed (size )?(while|during)|mutated during/)
      }
    }
  } finally {
    python.exec('stop.set()\nfor thread in threads: thread.join()')
  }
})
