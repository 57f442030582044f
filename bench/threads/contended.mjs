import { openFloor, openPybridge } from './open.mjs'
import { expectEqual, half, p99, sleep, timeEach } from './sample.mjs'

// The floor's addon looks for the functions of all its workloads.
const source = `
import sys
from threading import Thread

def noop(): pass

def add(a, b): return a + b

thing = hello = callbacks = make = noop

def compute():
    while True:
        pass
`

const computing = 'Thread(target=compute, daemon=True).start()'

const openAdd = {
  floor: (task, interval, setUp) => {
    const all = `${source}\nsys.setswitchinterval(${interval})\n${setUp}`
    return openFloor(task, 'calls', all).add_attaching
  },
  pybridge: async (task, switchInterval, setUp) => {
    const python = await openPybridge(task, source, { switchInterval })
    const add = python.eval('add')
    python.exec(setUp)
    return add
  },
}

const spaced = (interval, setUp) => async (task) => {
  const add = await openAdd[task.contender](task, interval, setUp)
  const body = (i) => expectEqual(add(i, 2), i + 2)
  const samples = await timeEach(Math.ceil(300 * task.effort), body, () => sleep(2))
  return { p50: half(samples), p99: p99(samples) }
}

const openLoop = {
  floor: (task) => {
    const native = openFloor(task, 'calls', source)
    if (task.workload === 'attaching') return { add: native.add_attaching, run: (body) => body() }
    native.attach()
    return { add: native.add_attached, run: (body) => body() }
  },
  pybridge: async (task) => {
    const python = await openPybridge(task, source)
    const run = task.workload === 'attached' ? python.attached : (body) => body()
    return { add: python.eval('add'), run }
  },
}

async function loop(task) {
  const { add, run } = await openLoop[task.contender](task)
  const count = 200_000
  const addAll = () => {
    let value = 0
    for (let i = 0; i < count; i++) value = add(value, 1)
    return value
  }
  const samples = await timeEach(25, () => expectEqual(run(addAll), count))
  return { each: half(samples) / count }
}

const defaultInterval = 0.005
const shortInterval = 0.0001

export const contended = {
  title: 'sync call `add(i, 2)`, 2 ms apart',
  floor: 'calls',
  contenders: { floor: 'floor', pybridge: 'pybridge' },
  workloads: {
    alone: spaced(defaultInterval, ''),
    default: spaced(defaultInterval, computing),
    short: spaced(shortInterval, computing),
    attaching: loop,
    attached: loop,
  },
  rows: [
    { title: 'alone, p50', workload: 'alone', part: 'p50' },
    { title: 'alone, p99', workload: 'alone', part: 'p99' },
    { title: 'a thread computes, interval 5 ms, p50', workload: 'default', part: 'p50' },
    { title: 'a thread computes, interval 5 ms, p99', workload: 'default', part: 'p99' },
    {
      title: 'a thread computes, interval 0.1 ms, p50',
      workload: 'short',
      part: 'p50',
      target: '≤ 0.3 ms',
    },
    { title: 'a thread computes, interval 0.1 ms, p99', workload: 'short', part: 'p99' },
    {
      title: 'a loop of `add`, each',
      workload: 'attaching',
      part: 'each',
      target: '≤ 1.3 × floor',
    },
    {
      title: 'a loop of `add` in `python.attached`, each',
      workload: 'attached',
      part: 'each',
      target: '≤ 1.3 × floor',
    },
  ],
}
