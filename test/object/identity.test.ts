import { describe, expect, test } from 'vitest'
import { python, withOptions } from '../../lib/index.js'
import { binding } from '../../lib/runtime/binding.js'

const identity = python.eval('lambda value: value')
const isSame = python.eval('lambda left, right: left is right')

describe('one proxy for one object', () => {
  test('over any number of crossings', () => {
    const thing = python.eval('object()')
    expect(identity(thing)).toBe(thing)
    expect(identity([thing, thing])).toEqual([thing, thing])
    expect(isSame(thing, thing)).toBe(true)
  })

  test('whichever way it is reached', () => {
    const math = python.import('math')
    expect(python.import('math')).toBe(math)
    expect(python.eval('__import__("math")')).toBe(math)
    expect(python.import('sys').modules.get('math')).toBe(math)
  })

  test('and another one for an equal object', () => {
    expect(python.ref([1])).not.toBe(python.ref([1]))
  })

  test('after the old one was collected', async () => {
    python.exec('kept = object()')
    let seen = new WeakRef(python.eval('kept'))
    await new Promise((resolve) => setTimeout(resolve, 10))
    globalThis.gc?.()
    expect(seen.deref()).toBeUndefined()
    seen = new WeakRef(python.eval('kept'))
    expect(python`${seen.deref()} is kept`).toBe(true)
  })
})

describe('a proxy that is wrapped in another Proxy', () => {
  test('is not taken for the object', () => {
    const wrapped = new Proxy(python.eval('object()'), {})
    expect(() => identity(wrapped)).toThrow(/is a Proxy/)
  })
})

describe('proxies that nobody holds', () => {
  test('are freed within one turn', () => {
    const make = python.eval('object')
    const before = binding.countLive()[0]
    for (let i = 0; i < 200_000; i++) make()
    expect(binding.countLive()[0] - before).toBeLessThan(100_000)
  })

  test('let their objects go', async () => {
    python.exec(`
import weakref
class Thing: pass
def watch():
    thing = Thing()
    watch.seen = weakref.ref(thing)
    return thing
`)
    const watch = python.eval('watch')
    watch()
    await new Promise((resolve) => setTimeout(resolve, 10))
    globalThis.gc?.()
    binding.sweep()
    expect(watch.seen()).toBeNull()
  })
})

test('an object whose __del__ calls JavaScript may do so when it is swept', async () => {
  const calls: string[] = []
  python.exec(`
class Loud:
    def __init__(self, tell): self.tell = tell
    def __del__(self): self.tell('gone')
`)
  python.eval('Loud')((word: string) => calls.push(word))
  await new Promise((resolve) => setTimeout(resolve, 10))
  globalThis.gc?.()
  binding.sweep()
  expect(calls).toEqual(['gone'])
})

test('a reference to a scalar stays in Python', () => {
  const five = withOptions(identity, { returns: 'ref' })(5)
  expect(typeof five).toBe('object')
  expect(identity(five)).toBe(5)
  expect(Number(five)).toBe(5)
})
