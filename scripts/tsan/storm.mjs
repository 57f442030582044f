// Everything in which threads meet, at once and for a while: what ThreadSanitizer watches.
import { readFileSync } from 'node:fs'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'

const { python, withOptions } = await import('../../dist/index.js')
const rounds = Number(process.env.PYBRIDGE_STORM_ROUNDS ?? 20)

const mutators = readFileSync(new URL('../../test/fixtures/mutators.py', import.meta.url), 'utf8')

const callers = `
import threading, time, pybridge

def compute(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end: pass

def hold(seconds, *args):
    time.sleep(seconds)
    return args

def from_threads(function, threads, calls):
    def work(number):
        for i in range(calls):
            try:
                assert function(number, [i], i=str(i))[0] == number
                pybridge.post(function, number, [i])
            except pybridge.BridgeError as error:
                assert error.code == 'ENDED', error
    started = [threading.Thread(target=work, args=(n,)) for n in range(threads)]
    for thread in started: thread.start()
    return lambda: [thread.join() for thread in started] and None

kept = []
`

/** Copies of the containers that threads of Python's change meanwhile: each way there is. */
async function readAll() {
  const get = python.eval('lambda: list(shared.values())')
  const hold = python.eval('lambda name: Holder(shared[name])')
  const give = python.eval('lambda f: f(*shared.values(), **shared) and None')
  for (let i = 0; i < 5; i++) {
    get()
    give((...all) => all.length)
    await Promise.all([get.async(), give.async((...all) => all.length)])
    for (const name of python.eval('list(shared)')) {
      try {
        for (const item of hold(name).value) void item
      } catch (error) {
        if (error.type !== 'RuntimeError') throw error
      }
    }
  }
}

/** Runs of each kind of call, from whatever thread this is. */
async function callAll() {
  const one = python.eval('lambda *args: args')
  const call = python.eval('lambda f, n: [f(i, [i]) for i in range(n)]')
  const fail = python.eval('lambda: 1 / 0')
  const { hold, compute } = python.import('__main__')
  const text = 'x'.repeat(50)
  const several = (count, body) => Array.from({ length: count }, (_, i) => body(i))
  await Promise.all(
    several(200, (i) =>
      i % 3 ? one.async(i) : one.async([i, { text }], Buffer.from(text), () => i, one),
    ),
  )
  await Promise.all(several(8, () => call.async((i, list) => [i, list], 10)))
  await Promise.all(several(5, () => compute.async(0.03)))
  await Promise.all(several(7, () => hold.async(0.01, [1], python.eval('object()'))))
  await Promise.allSettled(several(3, () => fail.async()))
  const limit = (milliseconds) => ({ timeout: milliseconds })
  await Promise.allSettled([
    withOptions(hold, limit(10)).async(0.4),
    withOptions(compute, limit(10)).async(1),
    withOptions(compute, { signal: AbortSignal.timeout(15) }).async(1),
  ])
  try {
    withOptions(compute, limit(20))(1)
  } catch (error) {
    if (error.code !== 'TIMEOUT') throw error
  }
  python.attached(() => one([1]))
  for (let i = 0; i < 1000; i++) one(i)
  await readAll()
}

async function main() {
  python.start({ threads: { busy: 3, max: 6 }, slowCall: 20 })
  python.exec(callers)
  python.exec(mutators)
  const names = python.eval('list(shared)')
  const [change, stopChanging] = [python.eval('start'), python.eval('stop')]
  process.on('warning', () => {}) // calls that hold the loop: they are meant to
  const fromThreads = python.eval('from_threads')
  const keep = python.eval('lambda: kept.copy()')
  for (let round = 0; round < rounds; round++) {
    const workers = [1, 2].map(() => new Worker(new URL(import.meta.url)))
    await Promise.all(
      workers.map((worker) => new Promise((heard) => worker.once('message', heard))),
    )
    const joinBlocked = fromThreads((...args) => args, 4, 20)
    if (round % 2) joinBlocked() // this thread is woken by a signal, and serves
    const joins = [...keep()].slice(-2).map((function_) => fromThreads(function_, 2, 20))
    change(...[0, 1, 2].map((i) => names[(round + 3 * i) % names.length]))
    await callAll()
    const failures = stopChanging()
    if (failures.length > 0) throw new Error(failures.join())
    if (round % 3) await Promise.all(workers.map((worker) => worker.terminate()))
    else
      await Promise.all(
        workers.map(
          (worker) =>
            new Promise((heard) => worker.postMessage('end') ?? worker.once('exit', heard)),
        ),
      )
    for (const join of [joinBlocked, ...joins]) await join.async()
  }
  console.log('storm: over')
}

async function work() {
  python.eval('kept.append')((...args) => args)
  parentPort.once('message', () => process.exit(0))
  await callAll()
  parentPort.postMessage('ready')
  const one = python.eval('lambda *args: args')
  setInterval(() => one.async([1], () => 1), 1)
}

await (isMainThread ? main() : work())
