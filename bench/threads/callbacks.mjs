import { openFloor, openPybridge } from './open.mjs'
import { expectEqual, half, sleep } from './sample.mjs'

const spinning = 50_000

const source = `
from threading import Thread
from time import perf_counter_ns, sleep

def bind(listener):
    global function
    function = listener

def start(target, *args):
    global thread
    thread = Thread(target=target, args=args)
    thread.start()
    return 0

def flood(post, function, count):
    global posting
    begin = perf_counter_ns()
    for i in range(count):
        post(function, i)
    posting = perf_counter_ns() - begin

def ask_all(ask, count, pause):
    samples.clear()
    for i in range(count):
        if pause:
            sleep(pause)
        begin = perf_counter_ns()
        answer = ask(i)
        samples.append(perf_counter_ns() - begin)
        if answer != i + 1:
            samples[:] = [-1]
            return

def join():
    thread.join()
    return 0

samples = []
middle = lambda samples: sorted(samples)[len(samples) // 2]
`

/** Where Python's `post`, `ask` and `function` are, and how to take an int out of it. */
const open = {
  pybridge: async (task, listener) => {
    const python = await openPybridge(task, `${source}\nfrom pybridge import post`)
    python.eval('bind')(listener)
    return { number: python.eval, post: 'post, function', ask: 'function' }
  },
  node: async (task, listener) => openCallbacks(task, listener, 'node'),
  own: async (task, listener) => openCallbacks(task, listener, 'own'),
}

function openCallbacks(task, listener, how) {
  const native = openFloor(task, 'callbacks', source)
  native.bind_listener(listener, spinning)
  return { number: native.number, post: `post_${how}, None`, ask: `ask_${how}` }
}

async function posted(task) {
  const count = Math.ceil(200_000 * task.effort)
  let sum = 0
  let received = 0
  let done = () => {}
  const subject = await open[task.contender](task, (value) => {
    sum += value
    if (++received === count) done()
  })
  const whole = []
  const posting = []
  for (let i = 0; i < 7; i++) {
    sum = received = 0
    const begin = performance.now()
    await new Promise((resolve) => {
      done = resolve
      subject.number(`start(flood, ${subject.post}, ${count})`)
    })
    const elapsed = performance.now() - begin
    expectEqual(sum, (count * (count - 1)) / 2)
    subject.number('join()')
    if (i < 2) continue
    whole.push((elapsed * 1e6) / count)
    posting.push(subject.number('posting') / count)
  }
  return { whole: half(whole), posting: half(posting) }
}

async function openAnswering(task) {
  let done = () => {}
  let last = 0
  const subject = await open[task.contender](task, (value) => {
    if (value === last) done()
    return value + 1
  })
  return {
    ...subject,
    start: (count, pause) => {
      last = count - 1
      const answered = new Promise((resolve) => {
        done = resolve
      })
      subject.number(`start(ask_all, ${subject.ask}, ${count}, ${pause})`)
      return answered
    },
  }
}

async function answered(task, count, pause) {
  const { start, number } = await openAnswering(task)
  await start(Math.ceil(count / 4), pause)
  number('join()')
  await start(count, pause)
  number('join()')
  expectEqual(number('len(samples)'), count)
  return { each: number('middle(samples)') }
}

/** The first one after a pause wakes the thread that is in `join`; the next ones find it awake. */
async function blocked(task) {
  const { start, number } = await openAnswering(task)
  const count = 100
  const first = []
  const next = []
  for (let i = 0; i < Math.ceil(20 * task.effort); i++) {
    await sleep(5)
    const all = start(count, 0)
    number('join()')
    await all
    expectEqual(number('len(samples)'), count)
    first.push(number('samples[0]'))
    next.push(number('middle(samples[1:])'))
  }
  return { first: half(first), next: half(next) }
}

const contenders = {
  own: 'floor: own queue, both sides spin 50 µs',
  node: 'threadsafe function (and condition variable)',
  pybridge: 'pybridge',
}

export const callbacks = {
  title: 'a Python thread calls JavaScript',
  floor: 'callbacks',
  contenders,
  workloads: {
    posted,
    parked: (task) => answered(task, Math.ceil(300 * task.effort), 0.002),
    busy: (task) => answered(task, Math.ceil(20_000 * task.effort), 0),
    blocked: { run: blocked, contenders: ['pybridge'] },
  },
  rows: [
    { title: 'posted, until delivered', workload: 'posted', part: 'whole', target: '≤ 150 ns' },
    { title: 'posted, for the thread that posts', workload: 'posted', part: 'posting' },
    {
      title: 'with result, loop parked: 2 ms apart',
      workload: 'parked',
      part: 'each',
      target: '≤ 50 µs',
    },
    {
      title: 'with result, loop awake: back to back',
      workload: 'busy',
      part: 'each',
      target: '≤ 5 µs',
    },
    {
      title: 'with result, JavaScript blocked in `thread.join()`: the first',
      workload: 'blocked',
      part: 'first',
      target: '≤ 2 ms',
    },
    {
      title: 'and the next ones, each',
      workload: 'blocked',
      part: 'next',
      target: '≤ 60 µs',
    },
  ],
}
