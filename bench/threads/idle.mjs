import { openPybridge } from './open.mjs'
import { expectEqual, half, sleep, timeEach } from './sample.mjs'

const source = 'def noop(): pass'

const open = {
  node: async () => {},
  pybridge: async (task) => {
    const python = await openPybridge(task, source)
    python.eval('noop')()
    await python.eval('noop').async()
  },
}

/** The watcher's thread and those of the pool exist by then, and should sleep. */
async function idle(task) {
  await open[task.contender](task)
  await sleep(500)
  const before = process.cpuUsage()
  await sleep(1000)
  const { user, system } = process.cpuUsage(before)
  return { cpu: (user + system) * 1000 }
}

const watched = (slowCall) => async (task) => {
  const noop = (await openPybridge(task, source, { slowCall })).eval('noop')
  const count = 200_000
  const samples = await timeEach(25, () => {
    let value
    for (let i = 0; i < count; i++) value = noop()
    expectEqual(value, null)
  })
  return { each: half(samples) / count }
}

export const idling = {
  title: 'what runs in the background',
  contenders: { node: 'Node alone', pybridge: 'pybridge' },
  workloads: {
    idle,
    unwatched: { run: watched(0), contenders: ['pybridge'] },
    watched: { run: watched(100), contenders: ['pybridge'] },
  },
  rows: [
    {
      title: 'CPU time in 1 s of nothing to do',
      workload: 'idle',
      part: 'cpu',
      target: 'no spinning when idle > 200 µs',
    },
    { title: '`noop()`, `slowCall: 0`', workload: 'unwatched', part: 'each' },
    { title: '`noop()`, `slowCall: 100`', workload: 'watched', part: 'each' },
  ],
}
