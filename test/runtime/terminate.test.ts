import { afterAll, describe, expect, test } from 'vitest'
import { type Place, places, repeats } from '../fixtures/pythons.js'
import { runNode } from '../fixtures/run-node.js'

const rows: string[] = []
afterAll(() => console.log(rows.join('\n')))

/** Where a worker is when it is terminated: it says "ready" and is there a moment later. */
const spots = {
  'a Python loop': `python.exec('def loop():\\n  while True: pass')
    const loop = python.eval('loop'); send('ready'); loop()`,
  'a sleep in C': `const sleep = python.import('time').sleep; send('ready'); for (;;) sleep(0.05)`,
  'a callback under Python': `const call = python.eval('lambda f: f()')
    send('ready'); call(() => { for (;;); })`,
  'an await of fn.async': `const sleep = python.import('time').sleep
    send('ready'); for (;;) await sleep.async(0.02)`,
  'an import': `python.exec('import sys')
    send('ready')
    for (;;) python.exec('for n in ("_pydecimal", "fractions"): sys.modules.pop(n, None)\\nimport _pydecimal, fractions')`,
}

/**
 * Terminates a worker `count` times in one process, beside one that computes all the while, and says
 * how long each took to end.
 */
const script = (body: string, count: number) => `
  import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
  const send = (message) => parentPort.postMessage(message)
  const bodies = {
    async spot() { ${body} },
    async other() {
      const add = python.eval('lambda n: sum(range(n))')
      let calls = 0, wrong = 0
      parentPort.on('message', () => { send([calls, wrong]); process.exit() })
      const step = () => {
        for (let n = 0; n < 20; n++, calls++) if (add(n) !== n * (n - 1) / 2) wrong++
        setTimeout(step, 1)
      }
      step()
    },
  }
  function worker(name) {
    const made = new Worker(new URL(import.meta.url), { workerData: name })
    return { made, said: new Promise((resolve) => made.once('message', resolve)) }
  }
  async function main() {
    python.start({ slowCall: 0 })
    const other = worker('other')
    const times = []
    for (let i = 0; i < ${count}; i++) {
      const { made, said } = worker('spot')
      await said
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20))
      const began = performance.now()
      await made.terminate()
      times.push(performance.now() - began)
    }
    other.made.postMessage('end')
    const [calls, wrong] = await other.said
    times.sort((a, b) => a - b)
    console.log(JSON.stringify({ count: times.length, wrong, busy: calls > 0, answer: python.eval('6 * 7') }))
    console.log(JSON.stringify([times[times.length >> 1], times.at(-1)].map(Math.round)))
  }
  isMainThread ? main() : bodies[workerData]()`

interface Times {
  median: number
  longest: number
}

async function terminates(where: string, body: string, place: Place): Promise<Times> {
  const ending = await runNode(script(body, place.repeats), {
    ...place,
    timeout: 20_000 + 2000 * place.repeats,
  })
  const [told = '', times = '[]'] = ending.stdout.split('\n')
  expect({ code: ending.code, signal: ending.signal }, ending.stderr).toEqual({
    code: 0,
    signal: null,
  })
  expect(JSON.parse(told)).toEqual({ count: place.repeats, wrong: 0, busy: true, answer: 42 })
  const [median = 0, longest = 0] = JSON.parse(times) as number[]
  rows.push(
    `terminated in ${where.padEnd(32)} ${place.repeats} of ${place.repeats}  ${median} ms, ≤ ${longest} ms  ${place.python}`,
  )
  return { median, longest }
}

describe.each(places)('worker.terminate(), in $node with $python, ends a worker in', (place) => {
  test.each(Object.entries(spots))(
    '%s, and no other',
    async (where, body) => {
      const { median } = await terminates(where, body, place)
      expect(median).toBeLessThan(where === 'a Python loop' ? 500 : 2000)
    },
    700_000,
  )

  test.each([
    ['a loop', 'while True: pass'],
    ['a loop of sleeps', 'while True: time.sleep(0.01)'],
    ['a loop of callbacks', 'while True: f()'],
  ])(
    '%s that swallows BaseException',
    async (where, loop) => {
      const body = `python.exec(\`
import time
def swallow(f):
    for n in range(40):
        try:
            ${loop}
        except BaseException: pass
\`)
      const swallow = python.eval('swallow'); send('ready'); swallow(() => 1)`
      await terminates(`${where}, swallowing`, body, place)
    },
    700_000,
  )
})

describe('a worker', () => {
  test(
    'that swallows whatever is raised for ever ends with the process',
    async () => {
      const source = `
      import { isMainThread, parentPort, Worker } from 'node:worker_threads'
      if (isMainThread) {
        python.start()
        new Worker(new URL(import.meta.url)).once('message', () => setTimeout(() => process.exit(3), 20))
      } else {
        python.exec('def swallow(f):\\n  while True:\\n    try: f()\\n    except BaseException: pass')
        parentPort.postMessage('ready')
        setImmediate(() => python.eval('swallow')(() => 1))
      }`
      for (let i = 0; i < repeats; i++) {
        expect(await runNode(source)).toMatchObject({ code: 3, signal: null, stdout: '' })
      }
    },
    60_000 + 500 * repeats,
  )

  test.each([
    ['once', 'call(() => process.exit(9))'],
    ['under a loop that swallows errors', 'swallow(() => process.exit(9))'],
    ['twice over', 'swallow(() => swallow(() => process.exit(9)))'],
  ])('leaves by process.exit within a callback, %s: it alone', async (_, body) => {
    const source = `
      import { isMainThread, Worker } from 'node:worker_threads'
      async function main() {
        python.start()
        for (let i = 0; i < ${repeats}; i++) {
          const worker = new Worker(new URL(import.meta.url))
          const code = await new Promise((resolve) => worker.on('exit', resolve))
          if (code !== 9) throw new Error('ended with ' + code)
        }
        console.log(python.eval('6 * 7'))
      }
      function work() {
        python.exec(\`
def swallow(f):
    while True:
        try: f()
        except BaseException: pass
\`)
        const swallow = python.eval('swallow'), call = python.eval('lambda f: f()')
        ${body}
      }
      isMainThread ? main() : work()`
    const ending = await runNode(source)
    expect(ending, ending.stderr).toMatchObject({ code: 0, signal: null, stdout: '42\n' })
  })

  test(
    'is terminated while it waits for a function of another thread',
    async () => {
      const source = `
      import { isMainThread, parentPort, Worker } from 'node:worker_threads'
      async function main() {
        python.exec('kept = []')
        python.eval('kept.append')(() => { const end = Date.now() + 50; while (Date.now() < end); return 1 })
        for (let i = 0; i < ${repeats}; i++) {
          const worker = new Worker(new URL(import.meta.url))
          await new Promise((resolve) => worker.once('message', resolve))
          await worker.terminate()
        }
        console.log(python.eval('6 * 7'))
      }
      function work() {
        python.exec('def ask():\\n  while True: kept[0]()')
        const ask = python.eval('ask')
        parentPort.postMessage('ready')
        ask()
      }
      isMainThread ? main() : work()`
      const ending = await runNode(source, { timeout: 30_000 + 500 * repeats })
      expect(ending, ending.stderr).toMatchObject({ code: 0, signal: null, stdout: '42\n' })
    },
    60_000 + 500 * repeats,
  )
})
