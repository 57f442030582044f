import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { runJson } from '../contenders/index.mjs'
import { openPybridge } from './open.mjs'
import { expectEqual, half, sleep, timeEach } from './sample.mjs'

// The clock is one for all processes.
const source = `
import os, select, signal, subprocess, sys, threading, time

signal.signal(signal.SIGINT, signal.default_int_handler)

killer = '''
import os, random, signal, sys, time
for line in sys.stdin:
    time.sleep(0.01 + random.random() / 100)
    sent = time.monotonic_ns()
    os.kill(int(sys.argv[1]), signal.SIGINT)
    print(sent, flush=True)
'''

def bytecode():
    while True:
        pass

def sleep():
    time.sleep(10)

def lock():
    held = threading.Lock()
    held.acquire()
    rescue = threading.Timer(1, held.release)  # an interrupt that is lost shows, and is not waited for
    rescue.start()
    try:
        held.acquire()
    finally:
        rescue.cancel()

def wait():
    reader, writer = os.pipe()
    try:
        select.select([reader], [], [], 10)
    finally:
        os.close(reader)
        os.close(writer)

def interrupt(target, count):
    child = subprocess.Popen([sys.executable, '-c', killer, str(os.getpid())],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    samples = []
    for _ in range(count):
        try:
            child.stdin.write('\\n')
            child.stdin.flush()
            target()
        except KeyboardInterrupt:
            arrived = time.monotonic_ns()
            samples.append(arrived - int(child.stdout.readline()))
    child.stdin.close()
    child.wait()
    return samples
`

const interrupt = (target) => async (task) => {
  const count = Math.ceil(60 * task.effort)
  const expression = `interrupt(${target}, ${count})`
  if (task.contender === 'python') {
    const script = `${source}\nimport json\nprint(json.dumps(${expression}))`
    const samples = runJson(task.executable, ['-c', script])
    if (samples.unable) throw new Error(samples.unable)
    return figures(samples, count)
  }
  const python = await openPybridge(task, source)
  return figures(python.eval(expression), count)
}

function figures(samples, count) {
  expectEqual(samples.length, count)
  return { each: half(samples), longest: Math.max(...samples) }
}

const worker = `
const { parentPort, workerData } = require('node:worker_threads')
parentPort.on('message', async () => {
  if (workerData === 'javascript') {
    parentPort.postMessage('begun')
    for (;;);
  }
  const { python } = await import(workerData)
  const loop = python.eval('bytecode')
  parentPort.postMessage('begun')
  loop()
})`

async function terminate(task) {
  const isPython = task.contender === 'pybridge'
  if (isPython) await openPybridge(task, source)
  const workerData = isPython ? new URL('../../dist/index.js', import.meta.url).href : 'javascript'
  let running
  const start = async () => {
    running = new Worker(worker, { eval: true, workerData })
    running.postMessage('begin')
    await once(running, 'message')
    await sleep(10)
  }
  const body = async () => expectEqual(await running.terminate(), 1)
  return { each: half(await timeEach(Math.ceil(20 * task.effort), body, start)) }
}

const row = (title, workload) => ({ title, workload, part: 'each' })
const longest = (title, workload) => ({ title, workload, part: 'longest' })

export const interrupts = {
  title: 'what an interruption takes',
  contenders: {
    python: '`python3`',
    javascript: 'a worker of Node in `for (;;)`',
    pybridge: 'pybridge',
  },
  workloads: {
    bytecode: { run: interrupt('bytecode'), contenders: ['python', 'pybridge'] },
    sleep: { run: interrupt('sleep'), contenders: ['python', 'pybridge'] },
    lock: { run: interrupt('lock'), contenders: ['python', 'pybridge'] },
    select: { run: interrupt('wait'), contenders: ['python', 'pybridge'] },
    terminate: { run: terminate, contenders: ['javascript', 'pybridge'] },
  },
  rows: [
    row('SIGINT → `KeyboardInterrupt` in bytecode', 'bytecode'),
    longest('the longest of 60', 'bytecode'),
    row('in `time.sleep`', 'sleep'),
    longest('the longest of 60', 'sleep'),
    row('in `lock.acquire`, which is released after 1 s', 'lock'),
    longest('the longest of 60', 'lock'),
    row('in `select`', 'select'),
    longest('the longest of 60', 'select'),
    { ...row('`worker.terminate()` of `while True`', 'terminate'), target: '≤ 100 ms' },
  ],
}
