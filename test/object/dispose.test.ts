// `using` gives back one acquisition; the last one releases.
import { afterEach, describe, expect, test } from 'vitest'
import { python } from '../../lib/index.js'
import { binding } from '../../lib/runtime/binding.js'
import { refusal, thrown } from '../fixtures/thrown.js'

python.exec(`
class Thing:
    alive = 0
    def __init__(self): Thing.alive += 1
    def __del__(self): Thing.alive -= 1
keep = lambda value: value
`)
const Thing = python.eval('Thing')
const keep = python.eval('keep')
const alive = () => Thing.alive as number

afterEach(() => {
  expect(alive()).toBe(0)
})

test('the end of the block releases: the object is gone at once', () => {
  {
    using thing = new Thing()
    expect(thing.alive).toBe(1)
  }
  expect(alive()).toBe(0)
})

test('every crossing adds one acquisition', () => {
  const thing = new Thing()
  keep(thing)
  keep(thing)
  thing[Symbol.dispose]()
  thing[Symbol.dispose]()
  expect(alive()).toBe(1)
  thing[Symbol.dispose]()
  expect(alive()).toBe(0)
  expect(refusal('RELEASED', () => thing[Symbol.dispose]())).toContain(
    'an object of __main__.Thing',
  )
})

test('a block cannot release what another still holds', () => {
  python.exec('shared = Thing()')
  const outer = python.eval('shared')
  {
    using inner = python.eval('shared')
    expect(inner).toBe(outer)
  }
  expect(outer.alive).toBe(1)
  outer[Symbol.dispose]()
  expect(refusal('RELEASED', () => outer.alive)).toContain('Thing')
  expect(python.eval('shared.alive')).toBe(1)
  python.exec('del shared')
  expect(alive()).toBe(0)
})

test('Python’s own references keep the object; a new proxy comes for it', () => {
  python.exec('mine = Thing()')
  const first = python.eval('mine')
  first[Symbol.dispose]()
  const second = python.eval('mine')
  expect(second === first).toBe(false)
  expect(second.alive).toBe(1)
  refusal('RELEASED', () => first.alive)
  second[Symbol.dispose]()
  python.exec('del mine')
  expect(alive()).toBe(0)
})

test.each([
  ['a module', 'math'],
  ['a class', 'Thing'],
  ['a builtin class', 'int'],
  ['a builtin function', 'len'],
])('%s is never released', (_, source) => {
  const proxy = source === 'math' ? python.import('math') : python.eval(source)
  for (let i = 0; i < 5; i++) proxy[Symbol.dispose]()
  expect(proxy.__name__).toBe(source)
})

test('a slot that is used again belongs to the new object only', () => {
  const old = new Thing()
  old[Symbol.dispose]()
  const fresh = new Thing()
  refusal('RELEASED', () => old.alive)
  expect(fresh.alive).toBe(1)
  fresh[Symbol.dispose]()
})

test('what the object was is known without asking it', () => {
  python.exec(`
class Liar:
    @property
    def __class__(self): raise RuntimeError('asked')
    def __repr__(self): raise RuntimeError('asked')
    def __getattribute__(self, name): raise RuntimeError('asked')
class Meta(type):
    def __getattribute__(cls, name): raise RuntimeError('asked')
Odd = Meta('Odd', (), {'__module__': 5})
`)
  for (const source of ['Liar()', 'Odd()']) {
    const proxy = python.eval(source)
    proxy[Symbol.dispose]()
    expect(refusal('RELEASED', () => proxy.x)).toContain('an object of')
    const other = python.eval('object()')
    expect(thrown(() => proxy[Symbol.dispose]())).toBeInstanceOf(Error)
    expect(String(other)).toContain('object object')
  }
})

describe('releasing in the middle of things', () => {
  test('the callee, within its own call', () => {
    const f = python.eval('lambda g: [g(), 5]')
    expect(f(() => f[Symbol.dispose]())).toEqual([null, 5])
    refusal('RELEASED', () => f(() => {}))
  })

  test('the object, within its own method and property', () => {
    python.exec(`
class Self:
    x = 7
    def method(self, f): f(); return self.x
    def __getattr__(self, name): callback(); return self.x
`)
    const a = python.eval('Self()')
    expect(a.method(() => a[Symbol.dispose]())).toBe(7)
    const b = python.eval('Self()')
    python.eval('globals().__setitem__')('callback', () => b[Symbol.dispose]())
    expect(b.anything).toBe(7)
  })

  test('within __del__', () => {
    python.exec(`
class Last:
    def __init__(self, f): self.f = f
    def __del__(self): self.f()
`)
    let done = false
    const other = new Thing()
    const last = python.eval('Last')(() => {
      other[Symbol.dispose]()
      done = true
    })
    last[Symbol.dispose]()
    expect(done).toBe(true)
  })

  test('the callable that is given its own arguments', () => {
    const f = python.eval('lambda *args: len(args)')
    const array = Object.defineProperty([1], 0, {
      get() {
        f[Symbol.dispose]()
        return 1
      },
    })
    refusal('CONVERSION', () => f(array))
  })
})

test('counts go back to where they were', () => {
  for (const _ of python.ref([1, 2])) break // what is imported at the first use
  const before = binding.countLive()
  for (let i = 0; i < 100; i++) {
    using list = python.ref([i])
    using method = list.append
    method(1)
  }
  expect(binding.countLive()).toEqual(before)
})

test('a loop gives its iterator back', () => {
  const list = python.ref([1, 2, 3])
  const before = binding.countLive()
  for (let i = 0; i < 100; i++) {
    for (const n of list) if (n === 2) break
  }
  expect(binding.countLive()).toEqual(before)
  const generator = python.eval('(n for n in range(3))')
  for (const n of generator) if (n === 1) break
  expect(generator.gi_frame).toBe(null)
  generator[Symbol.dispose]()
  refusal('RELEASED', () => generator.gi_frame)
})

test('a callable that was given back cannot be called, and the error names its type', () => {
  const call = python.eval('lambda *args: 1')
  call[Symbol.dispose]()
  expect(refusal('RELEASED', () => call())).toContain('an object of builtins.function')
  refusal('RELEASED', () => call(1, [2]))
  refusal('RELEASED', () => call(1, 2, 3, 4))
})
