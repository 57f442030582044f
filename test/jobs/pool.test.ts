// The threads of .async calls: how many there are, what they are called, and that none waits in vain.
import { describe, expect, test } from 'vitest'
import { repeats } from '../fixtures/pythons.js'
import { type RunOptions, runNode } from '../fixtures/run-node.js'

/** What every script uses: `threads()` are the names of the pool's threads, `wait` waits. */
const prelude = `
  import { readdirSync, readFileSync } from 'node:fs'
  const names = () => readdirSync('/proc/self/task').map((task) => {
    try { return readFileSync('/proc/self/task/' + task + '/comm', 'utf8').trim() } catch { return '' }
  })
  const threads = () => names().filter((name) => name.startsWith('pybridge-job-')).sort()
  const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))
  const timed = async (body) => { const begin = performance.now(); await body(); return performance.now() - begin }
  const say = (value) => console.log(JSON.stringify(value))
  python.exec(\`
import time
def compute(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end: pass
    return seconds
\`)
  const sleep = python.import('time').sleep, one = python.eval('lambda: 1'), compute = python.eval('compute')`

/** A script of its own, and what it said. */
async function ask(script: string, options: RunOptions = {}): Promise<unknown> {
  // On one line, and with the start first: the pool's limits are those of the start.
  const [first = '', ...rest] = script.split('\n')
  const isStart = first.startsWith('python.start')
  const source = isStart ? `${first}\n${prelude}\n${rest.join('\n')}` : `${prelude}\n${script}`
  const ending = await runNode(source, options)
  expect(ending, ending.stderr).toMatchObject({ code: 0, signal: null, stderr: '' })
  return JSON.parse(ending.stdout.trim().split('\n').at(-1) as string)
}

describe('threads', () => {
  test('are none before the first call, and have names', async () => {
    const said = await ask(`const before = threads(); await one.async(); say([before, threads()])`)
    expect(said).toEqual([[], ['pybridge-job-1']])
  })

  // A second one would only take turns with it: on a busy machine one may come all the same.
  test('one is enough for many short calls', async () => {
    const count = await ask(
      `await Promise.all(Array.from({ length: 20_000 }, () => one.async())); say(threads().length)`,
    )
    expect(count).toBeLessThanOrEqual(3)
  })

  test('are never more than max', async () => {
    const said = (await ask(`python.start({ threads: { max: 3 } })
      const took = await timed(() => Promise.all(Array.from({ length: 9 }, () => sleep.async(0.1))))
      say([threads().length, took > 290])`)) as unknown[]
    expect(said).toEqual([3, true])
  })

  test('are never more than busy where they compute', async () => {
    const count = await ask(`python.start({ threads: { busy: 2 } })
      await Promise.all(Array.from({ length: 6 }, () => compute.async(0.1)))
      say(threads().length)`)
    expect(count).toBeLessThanOrEqual(3)
  })

  test('are one for all calls, if that is asked for: then they follow one another', async () => {
    const said = await ask(`python.start({ threads: { busy: 1, max: 1 } })
      const order = []
      await Promise.all([30, 20, 10].map((n) => sleep.async(n / 1000).then(() => order.push(n))))
      say([threads().length, order])`)
    expect(said).toEqual([1, [30, 20, 10]])
  })

  test('serve workers as well', async () => {
    const said = await ask(
      `import { isMainThread, parentPort, Worker } from 'node:worker_threads'
       if (isMainThread) {
         await one.async()
         const ran = (n) => new Promise((resolve) => new Worker(new URL(import.meta.url)).once('message', resolve))
         const all = await Promise.all([1, 2, 3].map(ran))
         say([all, threads().length < 10])
       } else parentPort.postMessage(await one.async())`,
    )
    expect(said).toEqual([[1, 1, 1], true])
  })
})

describe('a short call', () => {
  test('is not held up by 31 that sleep', async () => {
    const took = await ask(`
      await one.async()
      const asleep = Promise.all(Array.from({ length: 31 }, () => sleep.async(2)))
      say(await timed(() => one.async()))
      await asleep`)
    expect(took).toBeLessThan(1500)
  })

  test('waits where as many sleep as there may be threads', async () => {
    const took = await ask(`
      await one.async()
      const asleep = Promise.all(Array.from({ length: 32 }, () => sleep.async(0.5)))
      say(await timed(() => one.async()))
      await asleep`)
    expect(took).toBeGreaterThan(400)
  })

  test('is not held up by calls that wait for an answer of JavaScript', async () => {
    const took = await ask(`
      const call = python.eval('lambda f: f()')
      await one.async()
      let begun = 0
      const rest = Promise.all([1, 2, 3].map((n) => call.async(() => { begun++; return n })))
      say(await timed(() => one.async()))
      await rest`)
    expect(took).toBeLessThan(1000)
  })

  test('has its turn among fewer long ones than may compute', async () => {
    const took = await ask(`
      await one.async()
      const busy = Promise.all([1, 2, 3].map(() => compute.async(2)))
      say(await timed(() => one.async()))
      await busy`)
    expect(took).toBeLessThan(1500)
  })

  test('has its turn when one of as many long ones as may compute has ended', async () => {
    const took = await ask(`
      await one.async()
      const busy = Promise.all(Array.from({ length: 4 }, () => compute.async(0.4)))
      const took = await timed(() => one.async())
      say(took)
      await busy`)
    expect(took).toBeLessThan(5000)
  })

  // Whoever still looks for jobs is not woken: where what it finds first is long, another must be.
  test('right behind a long one is not held up by it, where a thread sleeps', async () => {
    const late = await ask(`
      await Promise.all(Array.from({ length: 4 }, () => sleep.async(0.05)))
      let late = 0
      for (let i = 0; i < ${repeats * 8}; i++) {
        const answered = one.async().then(async () => {
          const long = sleep.async(0.25)
          if (await timed(() => one.async()) > 200) late++
          await long
        })
        await answered
      }
      say(late)`)
    expect(late).toBe(0)
  })
})

describe('a thread that was given up', () => {
  const start = `python.start({ threads: { busy: 1, max: 1 } })`
  const nap = `const nap = withOptions(sleep, { timeout: 20 })
    const give = () => nap.async(1).catch((error) => error.code)`

  test('is replaced', async () => {
    const said = await ask(`${start}
      ${nap}
      await one.async()
      const code = await give()
      const took = await timed(() => one.async())
      say([code, took < 700, threads().length])`)
    expect(said).toEqual(['TIMEOUT', true, 2])
  })

  test('counts again when it has come back', async () => {
    const said = await ask(`${start}
      ${nap}
      const codes = []
      for (let i = 0; i < 3; i++) {
        codes.push(await give())
        await one.async()
        await wait(1100)
      }
      await Promise.all(Array.from({ length: 8 }, () => sleep.async(0.05)))
      say([codes, threads().length])`)
    expect(said).toEqual([['TIMEOUT', 'TIMEOUT', 'TIMEOUT'], 2])
  })
})

describe('nothing is done', () => {
  test.each([
    ['after calls', `await Promise.all(Array.from({ length: 100 }, () => one.async()))`],
    ['after calls on several threads', `await Promise.all([1, 2, 3].map(() => sleep.async(0.05)))`],
    ['after sync calls', `for (let i = 0; i < 100; i++) one()`],
    ['while a call sleeps', `sleep.async(1.4)`],
  ])('%s', async (_, body) => {
    const milliseconds = await ask(`
      ${body}
      await wait(200)
      const before = process.cpuUsage()
      await wait(1000)
      const { user, system } = process.cpuUsage(before)
      say((user + system) / 1000)`)
    expect(milliseconds).toBeLessThan(100)
  })

  test('by the watcher, which is not even woken', async () => {
    const said = await ask(`
      const watcher = () => {
        const task = readdirSync('/proc/self/task').find((id) =>
          readFileSync('/proc/self/task/' + id + '/comm', 'utf8').startsWith('pybridge-watch'))
        const status = readFileSync('/proc/self/task/' + task + '/status', 'utf8')
        return Number(/^voluntary_ctxt_switches:\\s*(\\d+)/m.exec(status)[1])
      }
      for (let i = 0; i < 100; i++) one()
      await Promise.all([one.async(), sleep.async(0.02)])
      await wait(300)
      const before = watcher()
      await wait(1000)
      say(watcher() - before)`)
    expect(said).toBeLessThanOrEqual(2)
  })
})
