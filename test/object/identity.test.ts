// Rule 3: one proxy for each object, one JsProxy for each function.
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { python } from '../../lib/index.js'
import { binding } from '../../lib/runtime/binding.js'

const gc = globalThis.gc as () => void

async function collect(): Promise<void> {
  for (let i = 0; i < 5; i++) {
    gc()
    await setImmediate()
  }
  binding.sweep()
}

test('the same object is the same proxy, wherever it comes from', () => {
  const math = python.import('math')
  expect(python.import('math')).toBe(math)
  expect(python.eval('__import__("math")')).toBe(math)
  expect(python.import('sys').modules.get('math')).toBe(math)
  expect(math.sqrt).toBe(math.sqrt)
  expect(python.builtins.len).toBe(python.eval('len'))
})

test('equal objects are different proxies', () => {
  for (const source of ['object()', '__import__("fractions").Fraction(1, 2)']) {
    const [a, b] = [python.eval(source), python.eval(source)]
    expect(a === b).toBe(false)
  }
})

test('a WeakMap, a Set and === tell them apart', () => {
  const [a, b] = python.eval('(lambda o: [o, o])(object())')
  expect(new Set([a, b]).size).toBe(1)
  expect(new WeakMap([[a, 1]]).get(b)).toBe(1)
})

test('a proxy that nobody holds is collected, with its object; the object’s next one is new', async () => {
  python.exec('class Thing: pass\nimport weakref\nthing = Thing()\nref = weakref.ref(thing)')
  let weak = new WeakRef(python.eval('thing'))
  python.exec('del thing')
  await collect()
  expect(weak.deref()).toBeUndefined()
  expect(python.eval('ref() is None')).toBe(true)
  python.exec('kept = Thing()')
  weak = new WeakRef(python.eval('kept'))
  await collect()
  const fresh = python.eval('kept')
  expect(python.eval('lambda v: v is kept')(fresh)).toBe(true)
})

test('while JavaScript holds the proxy, the object lives and the proxy stays the same', async () => {
  python.exec('held = Thing(); held.self_check = 1')
  const proxy = python.eval('held')
  python.exec('ref = weakref.ref(held); del held')
  await collect()
  expect(proxy.self_check).toBe(1)
  expect(python.eval('ref()')).toBe(proxy)
})

test('a proxy held only by a container, a closure, or its own method', async () => {
  python.exec('class M:\n    def me(self): return self')
  const { me } = python.eval('M()')
  const box = [python.eval('M()')]
  await collect()
  expect(me()).toBe(me())
  expect(box[0].me()).toBe(box[0])
})

test('a JsProxy that Python drops lets the function go; one that it keeps does not', async () => {
  const before = binding.countLive()[1]
  let f: (() => number) | null = () => 5
  const weak = new WeakRef(f)
  python.exec('keeper = []')
  python.eval('keeper.append')(f)
  f = null
  await collect()
  expect(python.eval('keeper[0]()')).toBe(5)
  python.exec('keeper.clear()')
  await collect()
  expect(weak.deref()).toBeUndefined()
  expect(binding.countLive()[1]).toBe(before)
})

test('the same function is the same JsProxy again after Python dropped the first', () => {
  const f = () => {}
  const id = python.eval('lambda f: None')
  for (let i = 0; i < 1000; i++) id(f)
  expect(python.eval('lambda a, b: a is b')(f, f)).toBe(true)
})

test('a million proxies do not pile up within one turn', () => {
  const [before] = binding.countLive()
  const make = python.eval('object')
  for (let i = 0; i < 300_000; i++) make()
  expect(binding.countLive()[0] - before).toBeLessThan(200_000)
})
