import { openFloor, openPybridge } from './open.mjs'
import { expectEqual, half, sleep, timeEach } from './sample.mjs'

const source = 'function = abs'

function openOwn(task, nanoseconds) {
  const native = openFloor(task, 'offThread', source)
  native.open_own(nanoseconds)
  return native.own
}

const open = {
  own: (task) => openOwn(task, 50_000),
  sleeping: (task) => openOwn(task, 0),
  pooled: (task) => openFloor(task, 'offThread', source).pooled,
  pybridge: async (task) => (await openPybridge(task, source)).eval('function').async,
}

const sumTo = (count) => (count * (count + 1)) / 2

async function burst(call, effort) {
  const count = Math.ceil(3000 * effort)
  const samples = await timeEach(5, async () => {
    let sum = 0
    for (let i = 1; i <= count; i++) sum += await call(-i)
    expectEqual(sum, sumTo(count))
  })
  return { each: half(samples) / count }
}

async function cold(call, effort) {
  const body = async (i) => expectEqual(await call(i - 1000), 1000 - i)
  return { each: half(await timeEach(Math.ceil(300 * effort), body, () => sleep(2))) }
}

async function inFlight(call) {
  const count = 10_000
  const samples = await timeEach(9, async () => {
    const calls = Array.from({ length: count }, (_, i) => call(-i - 1))
    const results = await Promise.all(calls)
    expectEqual(
      results.reduce((sum, result) => sum + result, 0),
      sumTo(count),
    )
  })
  return { each: half(samples) / count }
}

const workload = (run) => async (task) => run(await open[task.contender](task), task.effort)

export const offThread = {
  title: 'off-thread call `await abs.async(i)`',
  floor: 'offThread',
  contenders: {
    own: 'floor: own thread and queue, both sides spin 50 µs',
    sleeping: 'the same, sleeping at once',
    pooled: '`napi_async_work`',
    pybridge: 'pybridge',
  },
  workloads: { burst: workload(burst), cold: workload(cold), inFlight: workload(inFlight) },
  rows: [
    { title: 'one after the other', workload: 'burst', part: 'each', target: '≤ 3 µs' },
    { title: 'cold: 2 ms apart', workload: 'cold', part: 'each', target: '≤ 60 µs' },
    {
      title: '10,000 in flight, each',
      workload: 'inFlight',
      part: 'each',
      target: '≤ 0.6 µs',
    },
  ],
}
