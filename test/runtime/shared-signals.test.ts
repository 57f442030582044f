import { describe, expect, test } from 'vitest'
import { type Place, places } from '../fixtures/pythons.js'
import { type Ending, runNode } from '../fixtures/run-node.js'

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

const shared = ['SIGTERM', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH', 'SIGHUP', 'SIGCHLD', 'SIGALRM', 'SIGINT']

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
