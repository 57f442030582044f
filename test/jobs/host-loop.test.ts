// Node has libuv; Bun and Deno have only Node-API. Both ways run here, each in a process of its own.
import { describe, expect, test } from 'vitest'
import { runNode } from '../fixtures/run-node.js'
import { runtime } from '../fixtures/runtime.js'

const ways =
  runtime === 'node'
    ? [
        ['libuv', {}],
        ['threadsafe function', { PYBRIDGE_LOOP: 'fallback' }],
      ]
    : [['threadsafe function', {}]]

describe.each(ways as [string, Record<string, string>][])('by %s', (way, env) => {
  test.each([
    ['is what python.info says', `console.log(python.info.internals.loop)`, way],
    [
      'a call off the thread comes home',
      `console.log(await python.eval('lambda n: n + 1').async(41))`,
      '42',
    ],
    [
      'many come home, and the process ends',
      `const add = python.eval('lambda n: n + 1')
       const all = await Promise.all(Array.from({ length: 5000 }, (_, i) => add.async(i)))
       console.log(all.reduce((sum, n) => sum + n))`,
      String((5000 * 5001) / 2),
    ],
    [
      'a function is called from another thread, and its result comes back',
      `const ask = python.eval('ask')
       console.log(await ask.async((n) => n * 2, 21))`,
      '42',
    ],
    [
      'a flood leaves timers and messages their turn',
      `let ran = 0
       const f = () => { ran++; for (const end = performance.now() + 0.2; performance.now() < end; ); }
       python.eval('post_many')(f, 1000)
       await new Promise((resolve) => setTimeout(resolve, 20))
       console.log(ran > 0 && ran < 1000)
       while (ran < 1000) await new Promise((resolve) => setTimeout(resolve, 5))`,
      'true',
    ],
    [
      'Ctrl-C is KeyboardInterrupt in a call, and listeners of both sides hear it',
      `process.on('SIGINT', () => console.log('listener'))
       try { python.eval('press')() } catch (error) { console.log(error.type) }
       await new Promise((resolve) => setTimeout(resolve, 50))`,
      'KeyboardInterrupt\nlistener',
    ],
    [
      'a deadline interrupts a call',
      `const sleep = withOptions(python.import('time').sleep, { timeout: 50 })
       try { sleep(20) } catch (error) { console.log(error.code ?? error.type) }`,
      'TIMEOUT',
    ],
    [
      'a worker has a loop of its own, and ends with it',
      `import { Worker } from 'node:worker_threads'
       const source = \`import(\${JSON.stringify(process.env.INDEX)}).then(async ({ python }) => {
         require('node:worker_threads').parentPort.postMessage(await python.eval('lambda: 6 * 7').async())
       })\`
       const worker = new Worker(source, { eval: true })
       worker.on('message', (answer) => console.log(answer))
       await new Promise((resolve) => worker.on('exit', resolve))`,
      '42',
    ],
  ])('%s', async (_, body, expected) => {
    const { index } = await import('../fixtures/run-node.js')
    const ending = await runNode(
      `python.exec(\`
import os, pybridge, signal, threading, time
def ask(f, n):
    answers = []
    thread = threading.Thread(target=lambda: answers.append(f(n)))
    thread.start()
    thread.join()
    return answers[0]
def post_many(f, count):
    thread = threading.Thread(target=lambda: [pybridge.post(f) for _ in range(count)])
    thread.start()
    thread.join()
def press():
    threading.Timer(0.05, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    time.sleep(20)
\`)
${body}`,
      { env: { ...env, INDEX: index } },
    )
    expect(ending, ending.stderr).toMatchObject({ code: 0, stdout: `${expected}\n` })
  })
})
