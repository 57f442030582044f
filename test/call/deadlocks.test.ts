// What would hang if a blocked thread were not served, or were served in the wrong place. Each
// script has a hard time limit: one that hangs fails.
import { describe, expect, test } from 'vitest'
import { withCallers } from '../fixtures/callers.js'
import { repeats } from '../fixtures/pythons.js'
import { runNode } from '../fixtures/run-node.js'

async function ends(body: string, stdout: string | RegExp, times = 1) {
  const script = `python.start({ slowCall: 0 })\n${withCallers}\n${body}`
  for (let i = 0; i < times; i++) {
    const ending = await runNode(script, { timeout: 15_000 })
    expect(ending, ending.stderr).toMatchObject({ code: 0, signal: null, stderr: '' })
    if (typeof stdout === 'string') expect(ending.stdout).toBe(`${stdout}\n`)
    else expect(ending.stdout).toMatch(stdout)
  }
}

describe('blocked, served, blocked, served', () => {
  test('two levels: a served function waits for a thread that calls', async () => {
    await ends(
      `const inThread = python.eval('in_thread')
       const inner = (n) => n + 1
       const outer = (n) => inThread(inner, n) + 10
       console.log(inThread(outer, 1))`,
      '12',
      repeats,
    )
  })

  test('twenty levels', async () => {
    await ends(
      `const inThread = python.eval('in_thread')
       const deeper = (n) => (n === 0 ? 0 : 1 + inThread(deeper, n - 1))
       console.log(inThread(deeper, 20))`,
      '20',
    )
  })

  test('what waits behind a served function is served within it', async () => {
    await ends(
      `python.exec(\`
def both(first, second):
    begun, answers = threading.Event(), {}
    def one():
        begun.wait()
        answers[1] = first()
    def two():
        begun.wait()
        answers[2] = second()
    threads = [threading.Thread(target=one), threading.Thread(target=two)]
    globals()['second_thread'] = threads[1]
    for thread in threads: thread.start()
    begun.set()
    time.sleep(0.5)
    for thread in threads: join(thread, 10)
    return answers
\`)
       const join = python.eval('lambda: join(second_thread, 10)')
       // Whichever comes first, the first function waits for the thread of the second.
       const first = () => { join(); return 'first' }
       const second = () => 'second'
       for (let i = 0; i < 5; i++) console.log(JSON.stringify([...python.eval('both')(first, second)]))`,
      /^(\[\[[12],"\w+"\],\[[12],"\w+"\]\]\n){5}$/,
    )
  })

  test('by a queue in each direction', async () => {
    await ends(
      `python.exec(\`
def ping(f):
    asked, answered = queue.Queue(), queue.Queue()
    def serve():
        while (n := asked.get(timeout=10)) is not None: answered.put(f(n))
    thread = threading.Thread(target=serve)
    thread.start()
    total = 0
    for i in range(200):
        asked.put(i)
        total += answered.get(timeout=10)
    asked.put(None)
    join(thread)
    return total
\`)
       console.log(python.eval('ping')((n) => n * 2))`,
      '39800',
    )
  })
})

describe('what the interrupted frame holds', () => {
  test('the import lock: an import that waits for a thread that calls', async () => {
    await ends(
      `import { writeFileSync } from 'node:fs'
       for (const name of ['slow_module', 'other_module', 'third_module']) writeFileSync(name + '.py', \`
import __main__, threading
from callers import join
box = []
thread = threading.Thread(target=lambda: box.append(__main__.served('\${name}')))
thread.start()
join(thread)
value = box[0]
\`)
       python.exec('sys.path.insert(0, "")')
       const main = python.import('__main__')
       main.served = (name) => (name === 'slow_module' ? python.import('other_module').value + 1 : name.length)
       console.log(python.import('slow_module').value, python.import('third_module').value)`,
      '13 12',
    )
  })

  test('the lock of a logging handler, which calls JavaScript, with the main thread waiting', async () => {
    await ends(
      `python.exec(\`
import logging
class ToJavaScript(logging.Handler):
    def emit(self, record): heard(record.getMessage())
log = logging.getLogger('test')
log.addHandler(ToJavaScript())
log.propagate = False
def many(n):
    for i in range(20): log.warning('%d %d', n, i)
def run(f):
    globals()['heard'] = f
    threads = [threading.Thread(target=many, args=(n,)) for n in range(4)]
    for thread in threads: thread.start()
    for i in range(20): log.warning('main %d', i)
    for thread in threads: join(thread)
\`)
       let lines = 0
       const nested = python.eval('lambda: log.isEnabledFor(30)')
       python.eval('run')((line) => { nested(); lines++ })
       console.log(lines)`,
      '100',
    )
  })

  test('a buffered stream: main prints into a full pipe while a served function prints', async () => {
    await ends(
      `python.exec(\`
readable, writable = os.pipe()
stream = os.fdopen(writable, 'w', buffering=1)
def drain(f):
    answers = [f(i) for i in range(5)]      # main is blocked in write
    seen = 0
    with os.fdopen(readable, 'rb') as source:
        while True:
            data = source.read(65536)
            if not data: break
            seen += len(data)
    total.append([answers, seen])
total = []
def run(f):
    thread = threading.Thread(target=drain, args=(f,))
    thread.start()
    print('x' * 300000, file=stream)
    stream.close()
    join(thread)
    return total[0]
\`)
       const [answers, seen] = python.eval('run')((n) => { python.builtins.print('served', n); return n })
       console.log(answers.join(), seen)`,
      'served 0\nserved 1\nserved 2\nserved 3\nserved 4\n0,1,2,3,4 300001',
    )
  })

  test('sys.stdout itself: both print, and every line arrives whole', async () => {
    const script = `
      python.start({ slowCall: 0 })
      ${withCallers}
      python.exec(\`
def run(f):
    def calls():
        for i in range(40): f(i)
    thread = threading.Thread(target=calls)
    thread.start()
    for i in range(40): print('m' * 20000)
    join(thread)
\`)
      const print = python.builtins.print
      python.eval('run')(() => print('s'.repeat(20000)))`
    const ending = await runNode(script, { timeout: 20_000, slow: true })
    expect(ending, ending.stderr).toMatchObject({ code: 0, stderr: '' })
    const lines = ending.stdout.trimEnd().split('\n')
    expect(lines.filter((line) => line === 'm'.repeat(20_000))).toHaveLength(40)
    expect(lines.filter((line) => line === 's'.repeat(20_000))).toHaveLength(40)
    expect(lines).toHaveLength(80)
  })

  test('sys.stdout, blocked in a full pipe: a function that prints waits for the write', async () => {
    const script = `
      python.start({ slowCall: 0 })
      ${withCallers}
      python.exec(\`
def run(f):
    thread = threading.Thread(target=lambda: (time.sleep(0.05), f()))
    thread.start()
    print('m' * 500000)
    join(thread)
\`)
      const print = python.builtins.print
      python.eval('run')(() => print('served'))`
    const ending = await runNode(script, { timeout: 20_000, slow: true })
    expect(ending, ending.stderr).toMatchObject({ code: 0, stderr: '' })
    expect(ending.stdout).toBe(`${'m'.repeat(500_000)}\nserved\n`)
  })

  test('a generator that waits between its values', async () => {
    await ends(
      `python.exec(\`
def values(f):
    for i in range(5):
        yield in_thread(f, i)
\`)
       const seen = []
       for (const value of python.eval('values')((n) => python.eval('sum(range(4))') + n)) seen.push(value)
       console.log(seen.join(), python.eval('lambda f: list(values(f))')((n) => n).join())`,
      '6,7,8,9,10 0,1,2,3,4',
    )
  })

  test('a plain lock that the served function does not want', async () => {
    await ends(
      `python.exec(\`
lock = threading.Lock()
def run(f):
    with lock:
        return in_thread(f, 20)
\`)
       console.log(python.eval('run')((n) => python.eval('[1, 2]').length + n), python.eval('lock.locked()'))`,
      '22 false',
    )
  })

  test('an RLock that it wants as well', async () => {
    await ends(
      `python.exec(\`
lock = threading.RLock()
def again():
    with lock: return 2
def run(f):
    with lock:
        return in_thread(f, 20)
\`)
       console.log(python.eval('run')((n) => python.eval('again()') + n))`,
      '22',
    )
  })
})
