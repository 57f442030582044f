import { monitorEventLoopDelay } from 'node:perf_hooks'
import { openFloor, openPybridge } from './open.mjs'
import { expectEqual, sleep } from './sample.mjs'

const every = 10_000

const source = `
from threading import Thread

def report(post, function):
    n = 0
    while True:
        n += 1
        if n % ${every} == 0:
            post(function, n)

def start(*args):
    for _ in range(2):
        Thread(target=report, args=args, daemon=True).start()
    return 0
`

const open = {
  idle: () => {},
  floor: (task, listener) => {
    const native = openFloor(task, 'callbacks', source)
    native.bind_listener(listener, 0)
    native.number('start(post_node, None)')
  },
  pybridge: async (task, listener) => {
    const python = await openPybridge(task, `${source}\nfrom pybridge import post`)
    python.eval('start')(python.eval('post'), listener)
  },
}

/** How late timers are: the histogram holds the time between two of them, 1 ms if none is late. */
async function delay(task) {
  let received = 0
  await open[task.contender](task, (n) => {
    expectEqual(n % every, 0)
    received++
  })
  await sleep(100)
  const histogram = monitorEventLoopDelay({ resolution: 1 })
  histogram.enable()
  await sleep(3000 * task.effort)
  histogram.disable()
  expectEqual(received > 0, task.contender !== 'idle')
  return { p50: histogram.percentile(50), p99: histogram.percentile(99), max: histogram.max }
}

export const loopDelay = {
  title: 'event-loop delay (time between timers of 1 ms), 2 busy Python threads post',
  floor: 'callbacks',
  contenders: { idle: 'Node alone', floor: 'floor: threadsafe function', pybridge: 'pybridge' },
  workloads: { delay },
  rows: [
    { title: 'p50', workload: 'delay', part: 'p50' },
    { title: 'p99', workload: 'delay', part: 'p99', target: '≤ 10 ms' },
    { title: 'longest', workload: 'delay', part: 'max' },
  ],
}
