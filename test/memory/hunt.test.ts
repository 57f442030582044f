// Memory that is used after it was freed is hunted for, by seeded programs of both sides, on the main
// thread and in workers that end meanwhile: test/fixtures/hunt/.
import { describe, expect, test } from 'vitest'
import { hasBackingStores } from '../fixtures/backing-stores.js'
import { repeats } from '../fixtures/pythons.js'
import { runNode } from '../fixtures/run-node.js'

const first = Number(process.env.PYBRIDGE_TEST_SEED ?? Math.floor(Math.random() * 2 ** 30))
const fixture = new URL('../fixtures/hunt/index.mjs', import.meta.url).href

/** Three hunts at once; what a worker's left in Python is looked at when the worker has ended. */
const script = (seed: number, steps: number, isCopied: boolean) => `
  import { writeSync } from 'node:fs'
  import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
  import { defineDens, hunt } from ${JSON.stringify(fixture)}
  const pybridge = { BridgeError, python, withOptions }
  const steps = ${steps}
  const tell = (name) => (step) => {
    for (;;) {
      try { return writeSync(1, name + ': ' + step + '\\n') } catch (error) {
        if (error.code !== 'EAGAIN') throw error // the pipe is full for a moment
      }
    }
  }
  function inWorker({ den, seed, isTerminated }) {
    const worker = new Worker(new URL(import.meta.url), { workerData: { den, seed } })
    const failed = new Promise((_, reject) => worker.on('error', reject))
    const ended = new Promise((resolve) => worker.on('exit', resolve))
    const left = new Promise((resolve) => worker.on('message', (found) => {
      resolve(found)
      isTerminated ? worker.terminate() : worker.postMessage('end')
    }))
    return Promise.race([failed, Promise.all([left, ended])])
  }
  async function main() {
    defineDens(python)
    const workers = [
      inWorker({ den: 'worker', seed: ${seed} + 1, isTerminated: false }),
      inWorker({ den: 'terminated', seed: ${seed} + 2, isTerminated: true }),
    ]
    const isCopied = ${isCopied}
    const { counts, left } = await hunt(pybridge, { seed: ${seed}, steps, den: 'main', isCopied, tell: tell('main') })
    const all = [['main', left]]
    for (const [[den, found]] of await Promise.all(workers)) all.push([den, found])
    globalThis.gc?.()
    python.eval('churn')([16, 40, 100, 1000, 70_000])
    for (const [den, found] of all) {
      const read = python.eval('lambda den, number: dens[den].read(number)')
      for (const [number, expected] of found) {
        const seen = read(den, number)
        if (JSON.stringify(seen && [...seen]) !== JSON.stringify(expected)) throw new Error(den + ' left ' + number + ': ' + seen?.toString('hex'))
      }
    }
    python.exec('dens.clear()')
    console.log(JSON.stringify(counts))
  }
  async function work() {
    const { den, seed } = workerData
    const isCopied = ${isCopied} && 'all'
    const { left } = await hunt(pybridge, { seed, steps: steps / 2, den, isCopied, tell: tell(den) })
    const end = new Promise((resolve) => parentPort.once('message', resolve))
    parentPort.postMessage([den, left])
    await end
  }
  isMainThread ? main() : work()`

describe('whatever both sides do, they see what was written, or a refusal', () => {
  const hunts = Array.from({ length: Math.ceil(repeats / 2.5) }, (_, i) => first + 3 * i)

  test.each([
    ['with backing stores', {}],
    ['without', { PYBRIDGE_BACKING_STORES: 'off' }],
  ])(
    '%s',
    async (_, env: Record<string, string>) => {
      const isCopied = !hasBackingStores() || env.PYBRIDGE_BACKING_STORES === 'off'
      for (const seed of hunts) {
        const flags = ['--expose-gc']
        const ending = await runNode(script(seed, 600, isCopied), { env, flags, timeout: 120_000 })
        const log = ending.stdout.trimEnd().split('\n')
        const tail = { ...ending, stdout: log.slice(-40).join('\n') }
        expect(tail, `PYBRIDGE_TEST_SEED=${seed} hunts so again`).toMatchObject({
          code: 0,
          signal: null,
          stderr: '',
        })
        console.log(`hunt ${seed}: ${log.at(-1)}`)
      }
    },
    600_000,
  )
})
