// Pure Python, twice one after the other and twice at once: what a second core is worth.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { Worker } from 'node:worker_threads'
import { openPybridge } from './open.mjs'
import { expectEqual } from './sample.mjs'

const source = `
def loop(n):
    count = 0
    for i in range(2, n):
        for d in range(2, int(i ** 0.5) + 1):
            if i % d == 0: break
        else: count += 1
    return count

def recursion(n):
    return n if n < 2 else recursion(n - 1) + recursion(n - 2)

class Point:
    def __init__(self, x, y): self.x, self.y = x, y
    def sum(self): return self.x + self.y

def objects(n):
    total, last = 0, {}
    for i in range(n):
        point = Point(i, [i])
        last[i & 255] = point
        total += last[i & 127].x - point.x + len(f"{i}")
    return total
`

/** Work of some hundredths of a second, and its answer. */
const work = {
  loop: { n: 30_000, answer: 3245 },
  recursion: { n: 24, answer: 46_368 },
  objects: { n: 30_000, answer: -1_778_038 },
}

const threaded = `
import json, sys, threading, time
name, n = sys.argv[1], int(sys.argv[2])
function = globals()[name]
answers = []
def run(): answers.append(function(n))
def at_once():
    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
for line in sys.stdin:
    begin = time.perf_counter_ns()
    at_once() if line == "at once\\n" else (run(), run())
    print(json.dumps([time.perf_counter_ns() - begin, *answers[-2:]]), flush=True)
`

const single = `
import json, sys
name, n = sys.argv[1], int(sys.argv[2])
for line in sys.stdin: print(json.dumps(globals()[name](n)), flush=True)
`

/** A Python of its own, which answers each line with one of JSON. */
function python(task, program) {
  const { n } = work[task.workload]
  const args = ['-c', source + program, task.workload, `${n}`]
  const child = spawn(task.executable, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  return async (line = '') => {
    child.stdin.write(`${line}\n`)
    return JSON.parse((await once(lines, 'line'))[0])
  }
}

/** Two of the same, run by whoever calls: what each contender has is two ways to call. */
const timed = (first, second) => async (atOnce) => {
  const begin = performance.now()
  const answers = atOnce ? await Promise.all([first(), second()]) : [await first(), await second()]
  return [(performance.now() - begin) * 1e6, ...answers]
}

const open = {
  processes: (task) => timed(python(task, single), python(task, single)),
  threads: (task) => {
    const run = python(task, threaded)
    return (atOnce) => run(atOnce ? 'at once' : 'in turn')
  },
  calls: async (task) => {
    const function_ = (await openPybridge(task, source)).eval(task.workload)
    const run = () => function_.async(work[task.workload].n)
    return timed(run, run)
  },
  workers: async (task) => {
    await openPybridge(task, source)
    const run = () => {
      const worker = new Worker(new URL('./parallel-worker.mjs', import.meta.url))
      return async () => {
        worker.postMessage([task.workload, work[task.workload].n])
        return (await once(worker, 'message'))[0]
      }
    }
    return timed(run(), run())
  },
}

/**
 * In turn and at once, again and again. The shortest of each count: what else runs on the machine,
 * or beside it on the same core, only ever lengthens.
 */
async function speedup(task) {
  const run = await open[task.contender](task)
  const { answer } = work[task.workload]
  const shortest = [Infinity, Infinity]
  for (let i = -1; i < Math.ceil(20 * task.effort); i++) {
    for (const atOnce of [false, true]) {
      const [time, ...got] = await run(atOnce)
      for (const each of got) expectEqual(each, answer)
      if (i >= 0) shortest[+atOnce] = Math.min(shortest[+atOnce], time)
    }
  }
  return { speedup: shortest[0] / shortest[1] }
}

const row = (title, workload) => ({
  title,
  workload,
  part: 'speedup',
  unit: '×',
  target: '≥ 1.7 ×',
})

export const parallel = {
  title: 'pure Python on two cores: time in turn / time at once',
  /** Of a second core that is not always there, the best round tells what the software can do. */
  rounds: 9,
  contenders: {
    processes: 'two processes of `python3`',
    threads: '`python3`, two threads',
    calls: 'pybridge, two `.async` calls',
    workers: 'pybridge, two workers',
  },
  workloads: { loop: speedup, recursion: speedup, objects: speedup },
  rows: [
    row('a loop with arithmetic', 'loop'),
    row('a recursive function', 'recursion'),
    row('objects, lists, dicts, strings', 'objects'),
  ],
}
