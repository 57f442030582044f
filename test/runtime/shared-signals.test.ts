import { describe, expect, test } from 'vitest'
import { type Place, places, repeats } from '../fixtures/pythons.js'
import { type Ending, runNode } from '../fixtures/run-node.js'
import { runtime } from '../fixtures/runtime.js'

/** `handler` and `heard` say who was told; `tell` sends a signal to this process, from outside. */
const SIGNALS = `
  import { spawnSync } from 'node:child_process'
  python.exec(\`
import os, signal, sys, threading, time
def handler(number, frame):
    print('python', signal.Signals(number).name)
def fail(number, frame):
    raise ValueError('from the handler')
def spin(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end: pass
def tell(name, after=0.0):
    number = getattr(signal, name)
    def send():
        time.sleep(after)
        os.kill(os.getpid(), number)
    threading.Thread(target=send, daemon=True).start()
def listen(name, handler=handler):
    return signal.signal(getattr(signal, name), handler)
\`)
  const [tell, listen, fail, sleep] = python.eval('[tell, listen, fail, time.sleep]')
  const [SIG_DFL, SIG_IGN] = python.eval('[signal.SIG_DFL, signal.SIG_IGN]')
  const heard = (name) => console.log('node', name)
  const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))
  const busy = (milliseconds) => {
    const end = performance.now() + milliseconds
    while (performance.now() < end) {}
  }
`

async function endsAs(expected: Partial<Ending>, script: string, place?: Place, timeout = 30_000) {
  const { node, python } = place ?? (places[0] as Place)
  const ending = await runNode(SIGNALS + script, { node, python, timeout })
  expect(ending, ending.stderr).toMatchObject(expected)
  return ending
}

const shared = [
  'SIGTERM',
  'SIGUSR1',
  'SIGUSR2',
  'SIGWINCH',
  'SIGHUP',
  'SIGCHLD',
  'SIGALRM',
  'SIGINT',
]

describe.each(places)('in $node with $python', (place) => {
  test.each(shared)('%s is heard by both sides, in either order, and after off', async (name) => {
    const script = `
      const name = '${name}'
      const round = async (title) => {
        console.log(title)
        tell(name)
        await wait(80)
      }
      listen(name)
      process.on(name, heard)
      await round('both')
      process.off(name, heard)
      await round('python')
      process.on(name, heard)
      await round('both again')
      listen(name, SIG_IGN)
      await round('node')
      process.off(name, heard)
      await round('nobody')
      listen(name)
      await round('python')
      console.log(listen(name, SIG_DFL).name ?? 'handler')
      process.on(name, heard)
      await round('node')
      listen(name)
      await round('both')
      process.exit(42)`
    const ending = await endsAs({ code: 42, signal: null }, script, place)
    const rounds = ending.stdout.replaceAll(name, 'S').split('\n').filter(Boolean)
    const sorted = rounds.join(' ').replaceAll('node S python S', 'python S node S')
    expect(sorted).toBe(
      'both python S node S python python S both again python S node S node node S nobody ' +
        'python python S handler node node S both python S node S',
    )
  })
})

describe('a handler of Python’s', () => {
  test.each([
    [
      'raises in the call that runs',
      `listen('SIGUSR2', fail); tell('SIGUSR2', 0.1)
       try { sleep(20) } catch (error) { console.log(error.type, error.message) }`,
      'ValueError from the handler\n',
    ],
    [
      'is called in a call that computes',
      `listen('SIGUSR2'); tell('SIGUSR2', 0.05); python.eval('spin')(0.3); console.log('done')`,
      'python SIGUSR2\ndone\n',
    ],
    [
      'is called from the event loop, and what it raises is an uncaught exception',
      `listen('SIGUSR2', fail); tell('SIGUSR2')
       process.on('uncaughtException', (error) => console.log(error.name, error.type))
       await wait(100)`,
      'PythonError ValueError\n',
    ],
    [
      'is called when JavaScript has computed',
      `listen('SIGUSR2'); tell('SIGUSR2', 0.05); busy(300); console.log('busy'); await wait(50)`,
      'busy\npython SIGUSR2\n',
    ],
    [
      'is called while JavaScript awaits',
      `listen('SIGUSR2'); tell('SIGUSR2', 0.02); await wait(150); console.log('awaited')`,
      'python SIGUSR2\nawaited\n',
    ],
    [
      'calls JavaScript',
      `listen('SIGUSR2', (number) => console.log('here', number)); tell('SIGUSR2', 0.05); sleep(0.3)
       tell('SIGUSR2'); await wait(100)`,
      'here 12\nhere 12\n',
    ],
    [
      'is told once for each of two calls',
      `listen('SIGUSR2'); for (let i = 0; i < 2; i++) { tell('SIGUSR2', 0.05); sleep(0.2) }`,
      'python SIGUSR2\npython SIGUSR2\n',
    ],
    [
      'hears the alarm clock',
      `listen('SIGALRM'); python.eval('signal.setitimer(signal.ITIMER_REAL, 0.05)'); sleep(0.2)
       python.eval('signal.alarm(1)'); await wait(1200)`,
      'python SIGALRM\npython SIGALRM\n',
    ],
    [
      'takes the place of KeyboardInterrupt',
      `listen('SIGINT'); tell('SIGINT', 0.05); sleep(0.2); tell('SIGINT'); await wait(50)`,
      'python SIGINT\npython SIGINT\n',
    ],
    [
      'ignores Ctrl-C',
      `listen('SIGINT', SIG_IGN); tell('SIGINT', 0.05); sleep(0.2); tell('SIGINT'); await wait(50)
       console.log('alive')`,
      'alive\n',
    ],
    [
      'hears what comes in the middle of many small calls',
      `listen('SIGUSR2', (n) => { told = true }); let told = false
       const length = python.eval('len'); tell('SIGUSR2', 0.05)
       for (const end = performance.now() + 5000; !told && performance.now() < end; ) {
         if (length('abc') !== 3) throw new Error('wrong')
         await null
         if (Math.random() < 0.01) await wait(0)
       }
       console.log(told)`,
      'true\n',
    ],
    [
      'writes to the wake-up descriptor',
      `python.exec(\`
import socket
a, b = socket.socketpair()
b.setblocking(False)
signal.set_wakeup_fd(b.fileno())
listen('SIGUSR2')
tell('SIGUSR2', 0.05)
time.sleep(0.2)
signal.set_wakeup_fd(-1)
print(signal.SIGUSR2 in a.recv(100))
\`)`,
      'python SIGUSR2\nTrue\n',
    ],
  ])('%s', async (_, script, stdout) => {
    await endsAs({ code: 0, signal: null, stdout }, `${script}\nawait wait(1)`)
  })

  test('ends the process by what it raises there, if nobody catches it', async () => {
    const script = `listen('SIGTERM', fail); tell('SIGTERM'); await wait(5000)`
    const { stderr } = await endsAs({ code: 1, signal: null }, script)
    expect(stderr).toMatch(/(ValueError|PythonError): from the handler/) // Bun prints no stack
  })

  test('may leave by sys.exit, as servers do at SIGTERM', async () => {
    const script = `
      listen('SIGTERM', python.eval('lambda *_: sys.exit(0)')); tell('SIGTERM', 0.05)
      try { sleep(20) } catch (error) { console.log(error.type) }`
    await endsAs({ code: 0, stdout: 'SystemExit\n' }, script)
  })
})

describe('signal.signal', () => {
  test.each<[string, string, string]>([
    [
      'returns the handler before',
      `print(signal.signal(signal.SIGUSR2, handler), signal.signal(signal.SIGUSR2, fail) is handler)`,
      '0 True\n',
    ],
    [
      'is known to getsignal',
      `signal.signal(signal.SIGTERM, handler); print(signal.getsignal(signal.SIGTERM) is handler)`,
      'True\n',
    ],
    [
      'starts with KeyboardInterrupt',
      'print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)',
      'True\n',
    ],
    [
      'is refused off the main thread',
      `
def off():
    try: signal.signal(signal.SIGTERM, handler)
    except ValueError as error: print(error)
t = threading.Thread(target=off); t.start(); t.join()`,
      'signal only works in main thread of the main interpreter\n',
    ],
    [
      'is refused for what wakes Python',
      `
import pybridge
wake = [n for n in range(1, signal.NSIG) if 'on_wake' in repr(signal.getsignal(n))]
try: signal.signal(wake[0], handler)
except pybridge.BridgeError as error: print(len(wake), error.code)`,
      '1 INVALID_ARGUMENT\n',
    ],
    [
      'refuses what Python refuses',
      `
for number, what in ((0, handler), (signal.SIGKILL, handler), (signal.SIGTERM, 'text'), (10_000, handler)):
    try: signal.signal(number, what)
    except (ValueError, OSError, TypeError) as error: print(type(error).__name__)`,
      'ValueError\nOSError\nTypeError\nValueError\n',
    ],
    [
      'takes SIGSEGV for itself',
      `
print(signal.signal(signal.SIGSEGV, signal.SIG_DFL) is not None)`,
      'False\n',
    ],
  ])('%s', async (_, source, stdout) => {
    const script = `python.exec(${JSON.stringify(source)})`
    await endsAs({ code: 0, signal: null, stdout }, script)
  })
})

describe('beside the shared signals,', () => {
  test.each([
    [
      'sigwait takes one that is blocked',
      `
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])
tell('SIGUSR2', 0.05)
mask = signal.pthread_sigmask(signal.SIG_BLOCK, [])
print(signal.SIGUSR2 in mask)
signal.pthread_kill(threading.get_ident(), signal.SIGUSR2)
print(signal.sigwait([signal.SIGUSR2]) == signal.SIGUSR2)`,
      'True\nTrue\n',
    ],
    [
      'what Python sends to its own process is felt',
      `
listen('SIGUSR2')
os.kill(os.getpid(), signal.SIGUSR2)
time.sleep(0.05)`,
      'python SIGUSR2\n',
    ],
    [
      'a child of Python’s has ordinary signals',
      `
import subprocess
child = subprocess.Popen([sys.executable, '-c', 'import time; print(1, flush=True); time.sleep(20)'], stdout=-1, stderr=-3)
child.stdout.readline()
child.send_signal(signal.SIGTERM)
print(child.wait(10))
child = subprocess.Popen([sys.executable, '-c', 'import signal; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)'])
print(child.wait(10))`,
      '-15\nTrue\n0\n',
    ],
  ])('%s', async (_, source, stdout) => {
    await endsAs({ code: 0, signal: null, stdout }, `python.exec(${JSON.stringify(source)})`)
  })

  test('signals: false leaves all of them to Node', async () => {
    const script = `// bare
      const { python } = await import(process.env.INDEX)
      python.start({ signals: false })
      const before = python.eval('__import__("signal").getsignal(2)')
      // Where the runtime has no handler itself, Python thinks of its own as installed.
      console.log(before?.__name__ ?? before)
      process.on('SIGINT', () => { console.log('node'); process.exit(42) })
      python.exec('import threading, os, time\\nthreading.Timer(0.1, lambda: os.kill(os.getpid(), 2)).start()\\ntime.sleep(0.5)\\nprint("slept")')
      setTimeout(() => {}, 5000)`
    const { index } = await import('../fixtures/run-node.js')
    const ending = await runNode(script, { env: { INDEX: index } })
    expect(ending, ending.stderr).toMatchObject({
      code: 42,
      stdout: `${runtime === 'node' ? 'null' : 'default_int_handler'}\nslept\nnode\n`,
    })
  })
})

describe('asyncio.run in a call', () => {
  test.each([
    [
      'has its own handlers',
      `
async def main():
    done = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, done.set)
    tell('SIGTERM', 0.05)
    await asyncio.wait_for(done.wait(), 10)
    print('done')
asyncio.run(main())`,
      'done\n',
    ],
    [
      'ends at Ctrl-C, and tasks are cancelled',
      `
async def main():
    try: await asyncio.sleep(20)
    finally: print('finally')
tell('SIGINT', 0.1)
try: asyncio.run(main())
except KeyboardInterrupt: print('KeyboardInterrupt')
print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)`,
      'finally\nKeyboardInterrupt\nTrue\n',
    ],
    [
      'waits for a child',
      `
async def main():
    child = await asyncio.create_subprocess_exec('true')
    print(await child.wait())
asyncio.run(main())`,
      '0\n',
    ],
  ])('%s', async (_, source, stdout) => {
    const script = `python.exec(${JSON.stringify(`import asyncio\n${source}`)})`
    for (const place of places) await endsAs({ code: 0, signal: null, stdout }, script, place)
  })
})

describe('SIGCHLD', () => {
  test.each([
    ['nobody listens', ''],
    ['Python has a handler', `listen('SIGCHLD', () => {})`],
    ['Node has a listener', `process.on('SIGCHLD', () => {})`],
    ['both have', `listen('SIGCHLD', () => {}); process.on('SIGCHLD', () => {})`],
    ['Python had a handler', `listen('SIGCHLD', () => {}); listen('SIGCHLD', SIG_DFL)`],
    [
      'Python had one while Node had children',
      `spawn('true'); listen('SIGCHLD', () => {}); listen('SIGCHLD', SIG_DFL)`,
    ],
    ['Python resets what was never set', `listen('SIGCHLD', SIG_DFL)`],
  ])('each side reaps its own children where %s', async (_, before) => {
    const script = `
      import { spawn } from 'node:child_process'
      ${before}
      const children = [1, 2, 3].map((code) => new Promise((resolve) => {
        spawn('sh', ['-c', 'exit ' + code]).on('exit', resolve)
      }))
      python.exec('import subprocess\\nprint([subprocess.Popen(["sh", "-c", f"exit {n}"]).wait() for n in (4, 5)])')
      const later = python.eval('subprocess.Popen(["sh", "-c", "sleep 0.1; exit 6"])')
      console.log(...(await Promise.all(children)))
      await wait(200)
      console.log(later.poll(), spawnSync('sh', ['-c', 'exit 7']).status)`
    await endsAs({ code: 0, signal: null, stdout: '[4, 5]\n1 2 3\n6 7\n' }, script)
  })
})

test.each(['Node listens', 'Python handles them', 'both', 'nobody listens'])(
  'a forked child has signals of its own, and its parent hears none of them: %s',
  async (who) => {
    const script = `
      if (/Node|both/.test('${who}')) for (const name of ['SIGINT', 'SIGTERM', 'SIGUSR2']) process.on(name, heard)
      python.exec(\`
if ${/Python|both/.test(who) ? 'True' : 'False'}:
    listen('SIGUSR2')
    listen('SIGTERM')
    listen('SIGTERM', signal.SIG_DFL)
def ended(number):
    pid = os.fork()
    if pid == 0:
        try:
            time.sleep(10)
            os._exit(5)
        except KeyboardInterrupt:
            os._exit(6)
    time.sleep(0.2)
    os.kill(pid, number)
    return os.waitpid(pid, 0)[1]
\`)
      const ended = python.eval('ended')
      console.log(ended(2) >> 8, ended(15))
      await wait(50)`
    await endsAs({ code: 0, signal: null, stdout: '6 15\n' }, script)
  },
)

test.runIf(runtime === 'node')(
  'SIGUSR1 without a handler of Python’s starts the inspector',
  async () => {
    const { stderr } = await endsAs({ code: 0 }, `tell('SIGUSR1'); await wait(300)`)
    expect(stderr).toMatch('Debugger listening')
  },
)

test('a storm of signals at random moments: every call is right, or fails with what came', async () => {
  const script = `
    python.exec(\`
import queue, random
storm, told = True, 0
def press():
    while storm:
        time.sleep(random.random() * 0.01)
        os.kill(os.getpid(), random.choice([signal.SIGINT, signal.SIGUSR2]))
def count(*_):
    global told
    told += 1
listen('SIGUSR2', count)
def wait():
    try: queue.Queue().get(timeout=0.003)
    except queue.Empty: pass
    return 1
def end():
    global storm
    storm = False
\`)
    process.on('SIGINT', () => count++)
    let [count, caught, timeouts] = [0, 0, 0]
    const [wait_, end, length, call] = python.eval('[wait, end, len, lambda f: f()]')
    const bodies = [
      () => wait_(),
      () => call(() => wait_() + length('ab') - 2),
      () => withOptions(wait_, { timeout: Math.floor(Math.random() * 6) })(),
    ]
    python.exec('threading.Thread(target=press, daemon=True).start()')
    const begin = performance.now()
    for (let n = 0; performance.now() < begin + ${Math.min(repeats * 300, 20_000)}; n++) {
      try {
        if (bodies[n % 3]() !== 1) throw new Error('wrong')
      } catch (error) {
        if (error.type === 'KeyboardInterrupt') caught++
        else if (error.code === 'TIMEOUT') timeouts++
        else throw error
      }
      if (n % 5 === 0) await wait(1)
    }
    for (let on = true; on; ) try { end(); on = false } catch {}
    await wait(50)
    console.log(count > 10, caught > 10, timeouts > 10, python.eval('told') > 10)`
  await endsAs({ code: 0, signal: null, stdout: 'true true true true\n' }, script)
})
