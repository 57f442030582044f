// Who holds memory that both sides see, and until when.
import process from 'node:process'
import { describe, expect, test } from 'vitest'
import { python, withOptions } from '../../lib/index.js'
import { collect } from '../fixtures/collect.js'
import { isCopied } from '../fixtures/memory-items.js'
import { runNode } from '../fixtures/run-node.js'
import { refusal } from '../fixtures/thrown.js'
import { WasmMemory } from '../fixtures/web-assembly.js'
import { script } from '../fixtures/workers.js'

const byReference = (source: string) =>
  withOptions(python.eval('lambda s: eval(s)'), { returns: 'ref' })(source)

describe('Python’s memory', () => {
  test('is not resized while JavaScript can see it', async () => {
    const bytes = byReference('bytearray(8)')
    const view = python.view(bytes)
    expect(() => bytes.append(1)).toThrow('object cannot be re-sized')
    view.release()
    bytes.append(1)
    ;(() => python.view(bytes).data)()
    await collect()
    bytes.append(1)
  })

  test('is what is kept by a typed array alone', async () => {
    const data = (() => python.view(byReference('bytearray(b"hello" * 1000)')).data)()
    await collect()
    expect(
      Buffer.from(data as Uint8Array)
        .toString()
        .slice(0, 5),
    ).toBe('hello')
  })

  test('is shared by views, and goes back with the last of them', () => {
    const bytes = byReference('bytearray(8)')
    const one = python.view(bytes)
    const { data } = one
    {
      using two = python.view(bytes)
      expect(two.data).toBe(data)
    }
    expect(data.length).toBe(8)
    one.release()
    expect(data.length).toBe(0)
    expect(refusal('RELEASED', () => one.data)).toContain('python.view(x)')
    refusal('RELEASED', () => one.at(0))
    refusal('RELEASED', () => one.release())
    one[Symbol.dispose]()
    expect(python.view(bytes).length).toBe(8)
  })

  test.skipIf(isCopied)('goes with its ArrayBuffer where that is transferred', () => {
    const bytes = byReference('bytearray(b"hello")')
    const view = python.view(bytes)
    const { buffer } = view.data
    const moved = new Uint8Array(structuredClone(buffer, { transfer: [buffer as ArrayBuffer] }))
    refusal('RELEASED', () => view.data)
    view.release()
    expect(moved[0]).toBe(104)
    moved[0] = 72
    expect(python.view(bytes).data[0]).toBe(72)
    expect(() => bytes.append(1)).toThrow('object cannot be re-sized')
  })

  test('is known to V8, which counts it as long as it is seen', () => {
    const bytes = byReference('bytearray(64_000_000)')
    const before = process.memoryUsage().external
    const view = python.view(bytes)
    expect(process.memoryUsage().external - before).toBeGreaterThan(60_000_000)
    view.release()
    expect(process.memoryUsage().external - before).toBeLessThan(10_000_000)
  })

  test('parts of a view end with it', () => {
    const view = python.view(byReference('bytearray(8)'))
    const part = view.slice(2, 4)
    part.release()
    refusal('RELEASED', () => part.at(0))
    const other = view.slice(2, 4)
    view.release()
    refusal('RELEASED', () => other.at(0))
  })

  test('nothing is left of views, however they end', async () => {
    const bytes = byReference('bytearray(8)')
    const before = await collect()
    for (let i = 0; i < 500; i++) {
      python.view(bytes).data[0] = i
      python.view(byReference('bytearray(8)')).release()
      python.view(byReference('bytearray(8)'))
    }
    const after = await collect()
    expect(after[1]).toBe(before[1])
    expect(Math.abs(after[0] - before[0])).toBeLessThan(5)
  })

  test('goes back at the end of a worker', async () => {
    const { stdout, stderr } = await runNode(
      script(
        `python.exec('shared = bytearray(8)')
         const { ended } = worker('look')
         await ended
         python.exec('shared.append(1)')
         console.log(python.eval('len(shared)'))`,
        {
          look: `globalThis.kept = python.view(python.import('__main__').shared).data; send('looked')`,
        },
      ),
    )
    expect([stdout, stderr]).toEqual(['9\n', ''])
  })

  test.skipIf(isCopied)('is another thread’s where it was transferred there', async () => {
    const { stdout, stderr } = await runNode(
      script(
        `python.exec('shared = bytearray(b"hello")')
         const { made, ended, first } = worker('look')
         const { buffer } = python.view(python.import('__main__').shared).data
         made.postMessage(buffer, [buffer])
         console.log(await first, buffer.byteLength)
         await made.terminate()
         await ended
         python.eval('1') // memory goes back between two calls
         python.exec('shared.append(1)')
         console.log(python.eval('len(shared)'))`,
        {
          look: `parentPort.once('message', (buffer) => { globalThis.kept = buffer; send(Buffer.from(buffer).toString()); setInterval(() => {}, 1000) })`,
        },
      ),
    )
    expect([stdout, stderr]).toEqual(['hello 0\n6\n', ''])
  })
})

describe('JavaScript’s memory', () => {
  test('is Python’s as long as it looks at it: transferred, collected', async () => {
    python.exec('kept = []')
    const keep = python.eval('kept.append')
    ;(() => {
      const moved = new Uint8Array(100_000).fill(7)
      keep(moved)
      structuredClone(moved.buffer, { transfer: [moved.buffer] })
      keep(new Uint8Array(100_000).fill(8))
    })()
    await collect()
    expect(python.eval('[(m[99_999], sum(m)) for m in kept]')).toEqual([
      [7, 700_000],
      [8, 800_000],
    ])
    python.exec('kept.clear()')
  })

  test('outlives its worker', async () => {
    const { stdout, stderr } = await runNode(
      script(
        `python.exec('kept = []')
         await worker('give').ended
         console.log(python.eval('[sum(m) for m in kept]'))`,
        {
          give: `python.eval('kept.append')(new Uint8Array(1_000_000).fill(3)); python.eval('kept.append')(new Uint8Array(new SharedArrayBuffer(1000)).fill(1))`,
        },
      ),
    )
    expect([stdout, stderr]).toEqual(['[ 3000000, 1000 ]\n', ''])
  })

  test('crosses anew where Python has released the memoryview, and keeps that', () => {
    python.exec('kept = []\ndef use(m):\n  kept.append(m)\n  with m: return m.tolist()')
    const use = python.eval('use')
    const bytes = new Uint8Array([1, 2, 3])
    expect(use(bytes)).toEqual([1, 2, 3])
    expect(use(bytes)).toEqual([1, 2, 3])
    expect(python.eval('lambda m: m')(bytes)).toBe(bytes)
    python.exec('kept.clear()')
  })

  test('of WebAssembly is what it was before it grew', () => {
    const memory = new WasmMemory({ initial: 1, maximum: 4 })
    new Uint8Array(memory.buffer).fill(5)
    python.exec('kept = None\ndef keep(m):\n  global kept\n  kept = m')
    python.eval('keep')(memory.buffer)
    memory.grow(2)
    expect(python.eval('(len(kept), sum(kept))')).toEqual([65_536, 327_680])
    python.exec('kept = None')
  })

  test('shared with a worker that writes is read meanwhile', async () => {
    const { stdout, stderr } = await runNode(
      script(
        `const shared = new Int32Array(new SharedArrayBuffer(4))
         const { ended } = worker('write', shared)
         python.exec('def wait(m):\\n  while m[0] < 1000: pass\\n  return m[0]')
         console.log(await python.eval('wait').async(shared) >= 1000)
         await ended`,
        { write: `for (let i = 0; i <= 1000; i++) Atomics.store(workerData.data, 0, i)` },
      ),
    )
    expect([stdout, stderr]).toEqual(['true\n', ''])
  })

  test('nothing is left of it', async () => {
    const before = await collect()
    const length = python.eval('lambda m: len(m)')
    for (let i = 0; i < 500; i++) length(new Uint8Array(10))
    for (let i = 0; i < 500; i++) python.memory(new Uint8Array(10))
    const after = await collect()
    expect(after[1]).toBe(before[1])
    expect(Math.abs(after[0] - before[0])).toBeLessThan(5)
  })
})
