// `using`: every crossing of an object is one acquisition of its one proxy.
import { describe, expect, test } from 'vitest'
import { python } from '../../lib/index.js'
import { refusal } from '../fixtures/thrown.js'

python.exec(
  'things = {}\nclass Thing: pass\ndef thing(name): return things.setdefault(name, Thing())',
)
const thing = python.eval('thing')
const give = (proxy: { [Symbol.dispose](): void }) => proxy[Symbol.dispose]()

describe('a proxy that was given back', () => {
  test.each<[string, (proxy: never) => unknown]>([
    ['read', (proxy: { x: unknown }) => proxy.x],
    ['written', (proxy: { x: unknown }) => (proxy.x = 1)],
    ['asked for a name', (proxy: object) => 'x' in proxy],
    ['listed', (proxy: object) => Object.keys(proxy)],
    ['passed', (proxy: unknown) => python.builtins.repr(proxy)],
    ['iterated', (proxy: Iterable<unknown>) => [...proxy]],
    ['printed', (proxy: unknown) => `${proxy}`],
    ['copied', (proxy: unknown) => python.copy(proxy)],
    ['given back again', (proxy: { [Symbol.dispose](): void }) => give(proxy)],
  ])('cannot be %s, and the error names its type', (verb, use) => {
    const proxy = thing(`once ${verb}`)
    give(proxy)
    expect(refusal('RELEASED', () => use(proxy as never))).toContain('an object of __main__.Thing')
  })

  test('cannot be called', () => {
    const call = python.eval('lambda: 1')
    give(call)
    expect(refusal('RELEASED', () => call())).toContain('builtins.function')
  })

  test('can still be inspected', async () => {
    const { inspect } = await import('node:util')
    const proxy = thing('inspected')
    give(proxy)
    expect(inspect(proxy)).toBe('[released Python object]')
  })

  test('is another proxy when the object crosses again', () => {
    const proxy = thing('again')
    give(proxy)
    const next = thing('again')
    expect(next === proxy).toBe(false)
    expect(python.builtins.type(next).__name__).toBe('Thing')
  })
})

describe('acquisitions', () => {
  test('are counted: a block cannot release what another still holds', () => {
    const held = thing('shared')
    const borrowed = thing('shared')
    expect(borrowed).toBe(held)
    give(borrowed)
    expect(held.__class__.__name__).toBe('Thing')
    give(held)
    expect(refusal('RELEASED', () => held.x)).not.toBe('')
  })

  test('do not count for modules, classes and builtins', () => {
    for (const permanent of [python.import('math'), python.builtins.dict, python.builtins.len]) {
      for (let i = 0; i < 5; i++) give(permanent)
    }
    expect(python.import('math').sqrt(4)).toBe(2)
    expect(python.builtins.len([1])).toBe(1)
  })

  test('keep the object alive exactly as long as they last', () => {
    python.exec(
      'import weakref\ndef watched():\n    t = Thing(); watched.ref = weakref.ref(t); return t',
    )
    const watched = python.eval('watched')
    const proxy = watched()
    expect(watched.ref()).toBe(proxy) // a second acquisition
    give(proxy)
    expect(watched.ref.__call__()).toBe(proxy)
    give(proxy)
    give(proxy)
    expect(watched.ref()).toBeNull()
  })
})
