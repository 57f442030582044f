// Threads call a function of JavaScript's, and wait for its answer, whatever its thread is doing.
import { describe, expect, test } from 'vitest'
import { threadLibrary, withCallers } from '../fixtures/callers.js'
import { hasCompiler } from '../fixtures/compile.js'
import { skipLoudly } from '../fixtures/pythons.js'
import { runNode } from '../fixtures/run-node.js'

const library = threadLibrary()
if (!hasCompiler) skipLoudly('threads of a library', 'there is no compiler')

const sum = 2 * 190 // of 2 * i
const everyone = { thread: sum, pool: sum, ...(library === undefined ? {} : { native: sum }) }

/** `body` is JavaScript that runs after the callers have begun; it may await `done`. */
async function whoGetsAnswers(body: string) {
  const script = `
    python.start({ slowCall: 0 })
    ${withCallers}
    let called = 0
    const twice = (i) => { called++; return 2 * i }
    const callers = python.eval('lambda f, library: globals().update(c=Callers(f, library))')
    callers(twice, ${JSON.stringify(library ?? null)})
    let told
    const done = new Promise((resolve) => { told = resolve })
    const begin = () => python.eval('lambda told: c.start(told)')(told)
    ${body}
    console.log(JSON.stringify(python.eval('c.answers')))
    python.exec('c.thread.join()')`
  const ending = await runNode(script, { timeout: 20_000 })
  expect(ending, ending.stderr).toMatchObject({ code: 0, signal: null, stderr: '' })
  const lines = ending.stdout.trim().split('\n')
  return { lines, answers: JSON.parse(lines.at(-1) as string) }
}

describe('while its thread', () => {
  test('is idle in its loop, they are answered', async () => {
    const { answers } = await whoGetsAnswers(`
      begin()
      const alive = setInterval(() => {}, 1000)
      await done
      clearInterval(alive)`)
    expect(answers).toEqual(everyone)
  })

  test('is busy in JavaScript, they wait until it is idle again', async () => {
    const { answers, lines } = await whoGetsAnswers(`
      begin()
      const end = Date.now() + 300
      while (Date.now() < end) {}
      console.log(called)
      const alive = setInterval(() => {}, 1000)
      await done
      clearInterval(alive)`)
    expect(lines[0]).toBe('0')
    expect(answers).toEqual(everyone)
  })

  test('makes short calls into Python, they are answered between its turns', async () => {
    const { answers } = await whoGetsAnswers(`
      begin()
      let finished = false
      done.then(() => { finished = true })
      const add = python.eval('lambda a, b: a + b')
      while (!finished) {
        for (let i = 0; i < 10; i++) if (add(i, [i][0]) !== 2 * i) throw new Error('wrong')
        await new Promise((resolve) => setImmediate(resolve))
      }`)
    expect(answers).toEqual(everyone)
  })

  test('executes bytecode, it is never interrupted', async () => {
    const { answers, lines } = await whoGetsAnswers(`
      python.exec(\`
def compute(seconds):
    end, n = time.monotonic() + seconds, 0
    while time.monotonic() < end: n += 1
\`)
      begin()
      python.eval('compute(0.3)')
      console.log(called)
      const alive = setInterval(() => {}, 1000)
      await done
      clearInterval(alive)`)
    expect(lines[0]).toBe('0')
    expect(answers).toEqual(everyone)
  })

  test.each([
    ['Thread.join', 'c.thread.join()'],
    ['Thread.join with a timeout', 'c.thread.join(15)'],
    ['Queue.get', 'c.queue.get()'],
    ['Lock.acquire', 'c.lock.acquire()'],
    ['Lock.acquire with a timeout', 'assert c.lock.acquire(timeout=15)'],
    ['Event.wait', 'c.event.wait()'],
    ['Condition.wait', 'with c.condition: assert c.condition.wait(15)'],
    ['Future.result', 'c.future.result()'],
    ['select', '__import__("select").select([c.readable], [], [])'],
    ['poll', 'p = __import__("select").poll(); p.register(c.readable, 1); p.poll()'],
    ['os.read', 'os.read(c.readable, 1)'],
    ['sleep', 'time.sleep(1.5); assert c.event.is_set()'],
    ['subprocess', '__import__("subprocess").run(["sleep", "1.5"]); assert c.event.is_set()'],
    [
      'an async function that waits',
      'import asyncio\nasync def wait(): await asyncio.wrap_future(c.future)\nasyncio.run(wait())',
    ],
  ])('is blocked in %s, they are served there', async (_, source) => {
    const { answers, lines } = await whoGetsAnswers(`
      begin()
      python.exec(${JSON.stringify(source)})
      console.log(called)`)
    expect(lines[0]).toBe(String(20 * Object.keys(everyone).length))
    expect(answers).toEqual(everyone)
  })
})

test('a thread pool of C++ that is waited for in C: its calls wait, and give up, and nothing hangs', async () => {
  if (library === undefined) return
  const script = `
    python.start({ callbackTimeout: 300, slowCall: 0 })
    ${withCallers}
    python.exec(\`
codes = []
def attempt(f):
    def call(i):
        try: return f(i)
        except BaseException as error:
            codes.append(error.code)
            return -1
    return call
def wait_in_c(f, library):
    callers = Callers(attempt(f), library)
    callers._native()
    return callers.answers['native']
callers.CALLS = 4
\`)
    console.log(python.eval('wait_in_c')((i) => i, ${JSON.stringify(library)}), python.eval('codes').join())`
  const ending = await runNode(script, { timeout: 20_000 })
  expect(ending, ending.stderr).toMatchObject({
    code: 0,
    stdout: '-4 WOULD_BLOCK,WOULD_BLOCK,WOULD_BLOCK,WOULD_BLOCK\n',
  })
})
