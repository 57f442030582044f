// Who calls a function whose thread is blocked, and cannot be served, is told so after a while.
import { describe, expect, test } from 'vitest'
import { withCallers } from '../fixtures/callers.js'
import { runNode } from '../fixtures/run-node.js'
import { script } from '../fixtures/workers.js'

const attempt = `python.exec(\`
import pybridge
kept = []
def attempt(f, *args):
    begun = time.monotonic()
    try: answer = f(*args)
    except pybridge.BridgeError as error: answer = error.code + ' ' + str(error)
    return [answer, time.monotonic() - begun]
\`);`

async function run(main: string, workers: Record<string, string> = {}, timeout = 500) {
  const start = `python.start({ slowCall: 0, callbackTimeout: ${timeout} });${withCallers}${attempt}`
  const ending = await runNode(script(start + main, workers), { timeout: 20_000 })
  expect(ending, ending.stderr).toMatchObject({ code: 0, signal: null, stderr: '' })
  return ending.stdout
}

describe('WOULD_BLOCK', () => {
  test('for a function of a worker that is blocked in Python, with both stacks, and what to do', async () => {
    const stdout = await run(
      `python.exec('def calls(): return attempt(kept[0])\\ndef waits_long(): time.sleep(2)')
       const { first, ended } = worker('sleep')
       await first
       python.exec('time.sleep(0.1)')
       const [text, seconds] = python.eval('calls()')
       console.log(text, seconds > 0.4 && seconds < 1.9)
       await ended
       python.exec('kept.clear()')`,
      {
        sleep: `python.eval('lambda f: kept.append(f)')(() => 1); send('ready'); python.eval('waits_long')()`,
      },
    )
    expect(stdout).toMatch(/^WOULD_BLOCK the thread of a JavaScript function is blocked/)
    expect(stdout).toContain('worker thread 1 has been blocked for 500 ms')
    expect(stdout).toMatch(
      /it is blocked in:\n[\s\S]*in waits_long\n[\s\S]*it is called from:\n[\s\S]*in calls\n/,
    )
    expect(stdout).toMatch(/\.async, or pybridge\.post \[WOULD_BLOCK\] true\n$/)
  })

  test('for the main thread, blocked in JavaScript', async () => {
    const stdout = await run(
      `const start = python.eval('lambda f: (globals().update(answers=[]), threading.Thread(target=lambda: answers.append(attempt(f))).start()) and None')
       let called = 0
       start(() => called++)
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500)
       const [[text, seconds]] = python.eval('answers')
       console.log(called, text, seconds > 0.4 && seconds < 1.45)
       await new Promise((resolve) => setTimeout(resolve, 50))
       console.log(called)`,
    )
    expect(stdout).toContain('the main thread has been blocked for 500 ms')
    expect(stdout).toContain('in JavaScript, or native code')
    expect(stdout).toMatch(/^0 WOULD_BLOCK [\s\S]* true\n0\n$/) // given up: never called late
  })

  test('for each of many callers, and the thread works afterwards', async () => {
    const stdout = await run(
      `python.exec(\`
def many(f):
    globals().update(answers=[], threads=[])
    begin = threading.Event()
    def body():
        begin.wait()
        answers.append(str(attempt(f, [1], 'x')[0]).split()[0])
    for _ in range(8): threads.append(threading.Thread(target=body))
    for thread in threads: thread.start()
    begin.set()
\`)
       python.eval('many')(() => 1)
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500)
       python.exec('for thread in threads: join(thread)')
       console.log(python.eval('answers').join(), python.eval('lambda f: in_thread(f)')(() => 'served'))`,
    )
    expect(stdout).toBe(`${Array(8).fill('WOULD_BLOCK').join()} served\n`)
  })

  test('is raised where the function was called, and can be caught there', async () => {
    const stdout = await run(
      `const { first, ended } = worker('sleep')
       await first
       python.exec('time.sleep(0.1)')
       try { python.eval('lambda: kept[0]()')() } catch (error) { console.log(error instanceof BridgeError, error.code) }
       await ended
       python.exec('kept.clear()')`,
      {
        sleep: `python.eval('lambda f: kept.append(f)')(() => 1); send('ready'); python.import('time').sleep(2)`,
      },
    )
    expect(stdout).toBe('true WOULD_BLOCK\n')
  })

  test('for a function that waits, while served, for a lock that the interrupted frame holds', async () => {
    const stdout = await run(
      `python.exec(\`
lock = threading.Lock()
def wants():
    with lock: return 1
def holds(f):
    answers = []
    thread = threading.Thread(target=lambda: answers.append(attempt(f)))
    with lock:
        thread.start()
        join(thread)
    return answers[0][0]
\`)
       const wants = python.eval('wants')
       console.log(python.eval('holds')(() => wants()))
       console.log(python.eval('lock.locked()'), python.eval('lambda f: in_thread(f)')(() => wants()))`,
    )
    expect(stdout).toContain('the main thread has been blocked for 500 ms')
    expect(stdout).toMatch(
      /^WOULD_BLOCK [\s\S]*in holds\n[\s\S]*in wants\n[\s\S]*it is called from:[\s\S]*\nfalse 1\n$/,
    )
  })
})

describe('not while its thread', () => {
  test.each([
    ['executes JavaScript', 'const end = Date.now() + 900; while (Date.now() < end) {}'],
    [
      'executes Python',
      'python.exec("end = time.monotonic() + 0.9\\nwhile time.monotonic() < end: pass")',
    ],
    [
      'executes C code',
      'python.exec("end = time.monotonic() + 0.9\\nwhile time.monotonic() < end: sorted(range(200000))")',
    ],
    [
      'waits for turns with other threads of Python',
      'python.exec("spin()\\nend = time.monotonic() + 0.9\\nwhile time.monotonic() < end: pass")',
    ],
    [
      'is blocked now and then',
      'for (let i = 0; i < 10; i++) { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20); const end = Date.now() + 70; while (Date.now() < end) {} }',
    ],
  ])('%s for longer', async (_, busy) => {
    const stdout = await run(
      `python.exec(\`
def spin():
    def body():
        end = time.monotonic() + 1
        while time.monotonic() < end: pass
    for _ in range(3): threading.Thread(target=body).start()
\`)
       const start = python.eval('lambda f: (globals().update(answers=[], thread=threading.Thread(target=lambda: answers.append(attempt(f)))), thread.start()) and None')
       start(() => 'answered')
       ${busy}
       python.exec('join(thread)')
       console.log(python.eval('answers[0][0]'))`,
      {},
      250,
    )
    expect(stdout).toBe('answered\n')
  })

  test('runs the function itself for longer, in Python that waits for a lock now and then', async () => {
    const stdout = await run(
      `python.exec(\`
def slow(f): return in_thread(f)
def take_turns():
    asked, answered = queue.Queue(), queue.Queue()
    def answer():
        while asked.get() is not None:
            time.sleep(0.1)
            answered.put(1)
    threading.Thread(target=answer).start()
    for _ in range(8):
        asked.put(1)
        answered.get()
    asked.put(None)
    return 'took turns'
\`)
       const takeTurns = python.eval('take_turns')
       console.log(python.eval('slow')(() => takeTurns()))`,
      {},
      400,
    )
    expect(stdout).toBe('took turns\n')
  })

  test('runs the function itself for longer, in Python that sleeps', async () => {
    const stdout = await run(
      `python.exec('def slow(f): return in_thread(f)')
       const sleep = python.import('time').sleep
       console.log(python.eval('slow')(() => { sleep(1); return 'slept' }))`,
      {},
      250,
    )
    expect(stdout).toBe('slept\n')
  })
})

describe('who waits serves its own functions', () => {
  test('main and a worker call each other, each from within a call of the other', async () => {
    const stdout = await run(
      `python.eval('lambda f: kept.append(f)')((n) => n + 1)
       const { first, ended } = worker('mutual')
       await first
       python.exec('def mutual(mine, theirs, n): return sum(kept[theirs](i) for i in range(n))')
       console.log(python.eval('mutual')(0, 1, 50))
       await ended
       python.exec('kept.clear()')`,
      {
        mutual: `const main = python.eval('kept[0]')
          python.eval('lambda f: kept.append(f)')((n) => main(n) * 2)
          send('ready')
          let left = 50
          await new Promise((resolve) => setTimeout(resolve, 1000))`,
      },
    )
    expect(stdout).toBe('2550\n')
  })

  test.each([2, 4])('%i workers call each other at once', async (count) => {
    const stdout = await run(
      `python.exec(\`
functions = {}
ready = threading.Barrier(${count})
def call_others(me):
    return sum(functions[other](me) for other in range(${count}) if other != me)
\`)
       const workers = Array.from({ length: ${count} }, (_, i) => worker('mutual', i))
       const heard = await Promise.all(workers.map(({ first }) => first))
       console.log(heard.join())
       await Promise.all(workers.map(({ ended }) => ended))
       python.exec('functions.clear()')`,
      {
        mutual: `const me = workerData.data
          python.eval('lambda n, f: functions.__setitem__(n, f)')(me, (from) => 10 * me + from)
          python.eval('ready.wait(10) and None')
          const callOthers = python.eval('call_others')
          let total = 0
          for (let i = 0; i < 10; i++) total += callOthers(me)
          send(total)
          await new Promise((resolve) => setTimeout(resolve, 500))`,
      },
      5000,
    )
    const all = Array.from({ length: count }, (_, i) => i)
    const of = (me: number) => all.filter((n) => n !== me).reduce((sum, n) => sum + 10 * n + me, 0)
    expect(stdout).toBe(`${all.map((me) => 10 * of(me)).join()}\n`)
  })

  test('two workers that wait for threads that call the other: all of them end', async () => {
    const stdout = await run(
      `python.exec(\`
functions = {}
ready = threading.Barrier(2)
def attempt_there(other):
    try: return functions[other]()
    except pybridge.BridgeError as error: return error.code
\`)
       const workers = [0, 1].map((i) => worker('mutual', i))
       for (const { first } of workers) console.log(await first)
       await Promise.all(workers.map(({ ended }) => ended))
       python.exec('functions.clear()')`,
      {
        mutual: `const me = workerData.data
          python.eval('lambda n, f: functions.__setitem__(n, f)')(me, () => 'answered')
          python.eval('ready.wait(10) and None')
          send(python.eval('lambda other: in_thread(attempt_there, other)')(1 - me))
          await new Promise((resolve) => setTimeout(resolve, 1500))`,
      },
    )
    expect(stdout).toMatch(/^(answered|WOULD_BLOCK)\n(answered|WOULD_BLOCK)\n$/)
    expect(stdout).toContain('WOULD_BLOCK')
  })
})
