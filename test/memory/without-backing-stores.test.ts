// A runtime that does not let its backing stores be held: Bun, Deno, and PYBRIDGE_BACKING_STORES=off.
import { describe, expect, test } from 'vitest'
import { runNode } from '../fixtures/run-node.js'
import { script } from '../fixtures/workers.js'

const env = { PYBRIDGE_BACKING_STORES: 'off' }

async function printed(main: string, workers: Record<string, string> = {}): Promise<string[]> {
  const flags = ['--expose-gc']
  const { code, stdout, stderr } = await runNode(script(main, workers), { env, flags })
  expect([code, stderr]).toEqual([0, ''])
  return stdout.trimEnd().split('\n')
}

describe('memory of JavaScript’s', () => {
  test('is a copy in Python, that nobody may write to', async () => {
    expect(
      await printed(`
        const bytes = new Uint8Array([1, 2, 3])
        python.exec('def keep(m):\\n  global kept\\n  kept = m\\n  return m.readonly')
        console.log(python.eval('keep')(bytes))
        bytes[0] = 10
        structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
        console.log(python.eval('kept.tolist()'), python.eval('kept') === bytes)
        const memory = python.memory(new Uint16Array([1, 2]), { shape: [2, 1] })
        console.log(JSON.stringify(python.eval('lambda m: (memoryview(m).tolist(), memoryview(m).readonly)')(memory)))
        console.log(python.info.internals.backingStores)`),
    ).toEqual(['true', '[ 1, 2, 3 ] true', '[[[1],[2]],true]', 'false'])
  })

  test('is copied again when it crosses again', async () => {
    expect(
      await printed(`
        python.exec('def keep(m):\\n  global kept\\n  kept = m\\n  return m.tolist()')
        const keep = python.eval('keep')
        const bytes = new Uint8Array([1, 2, 3])
        console.log(keep(bytes))
        bytes[0] = 10
        console.log(python.eval('kept.tolist()'))
        console.log(keep(bytes))`),
    ).toEqual(['[ 1, 2, 3 ]', '[ 1, 2, 3 ]', '[ 10, 2, 3 ]'])
  })

  test('is the same where it is shared, of the main thread, and an argument', async () => {
    expect(
      await printed(`
        python.exec('def keep(m):\\n  global kept\\n  kept = m')
        const keep = python.eval('keep')
        let shared = new Uint8Array(new SharedArrayBuffer(3))
        keep(shared)
        shared[0] = 7
        python.exec('kept[1] = 8')
        console.log(shared[1])
        shared = undefined
        globalThis.gc?.()
        console.log(python.eval('kept.tolist()'))
        const isReadonly = python.eval('lambda m: memoryview(m).readonly')
        console.log(isReadonly(python.memory(new SharedArrayBuffer(3))))`),
    ).toEqual(['8', '[ 7, 8, 0 ]', 'true'])
  })

  test('of a worker, also shared, is what it was when that ended', async () => {
    expect(
      await printed(
        `python.exec('kept = []')
         await worker('give').ended
         globalThis.gc?.()
         console.log(JSON.stringify(python.eval('[(m.readonly, sum(m)) for m in kept]')))`,
        {
          give: `const keep = python.eval('kept.append')
                 keep(new Uint8Array(1_000_000).fill(3))
                 keep(new Uint8Array(new SharedArrayBuffer(1_000_000)).fill(1))`,
        },
      ),
    ).toEqual(['[[true,3000000],[true,1000000]]'])
  })
})

describe('memory of Python’s', () => {
  test('is seen without a copy, and goes back', async () => {
    expect(
      await printed(`
        python.exec('shared = bytearray(b"hello")')
        const object = python.import('__main__').shared
        const view = python.view(object)
        const other = python.view(object)
        console.log(view.isCopy)
        view.data[0] = 72
        console.log(python.eval('shared.decode()'), other.data === view.data)
        const grow = () => {
          try { python.exec('shared.append(1)') } catch (error) { return error.type }
          return python.eval('len(shared)')
        }
        view.release()
        console.log(grow())
        other.release()
        console.log(grow())
        ;(() => void python.view(object).data)()
        console.log(grow())
        for (let i = 0; i < 5; i++) { globalThis.gc?.(); await new Promise((resolve) => setTimeout(resolve, 5)) }
        python.eval('1') // memory goes back between two calls
        console.log(grow())`),
    ).toEqual(['false', 'Hello true', 'BufferError', '6', 'BufferError', '7'])
  })

  test('is not transferred: Node copies it, or refuses', async () => {
    expect(
      await printed(`
        python.exec('shared = bytearray(b"hello")')
        const { buffer } = python.view(python.import('__main__').shared).data
        try { structuredClone(buffer, { transfer: [buffer] }) } catch {}
        console.log(buffer.byteLength)`),
    ).toEqual(['5'])
  })

  test('goes back at the end of a worker', async () => {
    expect(
      await printed(
        `python.exec('shared = bytearray(8)')
         await worker('look').ended
         python.exec('shared.append(1)')
         console.log(python.eval('len(shared)'))`,
        { look: `globalThis.kept = python.view(python.import('__main__').shared).data` },
      ),
    ).toEqual(['9'])
  })
})
