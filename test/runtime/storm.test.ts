// Many environments and many threads at once, each answer checked.
import { describe, expect, test } from 'vitest'
import { withCallers } from '../fixtures/callers.js'
import { repeats } from '../fixtures/pythons.js'
import { runNode } from '../fixtures/run-node.js'
import { script } from '../fixtures/workers.js'

const environments = 10 * repeats

describe('a storm', () => {
  test('8 workers and 64 threads call each other, with exact sums', async () => {
    const calls = 20
    const source = script(
      `python.start({ slowCall: 0, callbackTimeout: 30_000 })
       ${withCallers}
       python.exec(\`
functions, sums = {}, {}
def storm(n):
    f = functions[n % 9]
    total = 0
    for i in range(${calls}):
        if i % 5 == 0:
            total += sum(f(n, [i], {'text': 'x' * i}))
        else:
            total += f(n, i)
    sums[n] = total
def begin():
    global threads
    threads = [threading.Thread(target=storm, args=(n,)) for n in range(64)]
    for thread in threads: thread.start()
\`)
       // Each answers with its own number, so that no answer can be another's.
       const give = python.eval('lambda n, f: functions.__setitem__(n, f)')
       give(8, (n, i, text) => (typeof i === 'number' ? 8000 + n * i : [8000, n * i[0], text.text.length - i[0]]))
       const workers = Array.from({ length: 8 }, (_, i) => worker('answer', i))
       await Promise.all(workers.map(({ first }) => first))
       python.eval('begin()')
       const isBusy = python.eval('lambda: any(thread.is_alive() for thread in threads)')
       const add = python.eval('lambda a, b: a + b')
       while (isBusy()) {
         for (let i = 0; i < 20; i++) if (add(i, i) !== 2 * i) throw new Error('wrong')
         await new Promise((resolve) => setTimeout(resolve, 1))
       }
       python.exec('for thread in threads: join(thread)')
       const wrong = python.eval('[n for n in range(64) if sums.get(n) != sum(n % 9 * 1000 + n * i for i in range(${calls}))]')
       python.exec('functions.clear()')
       for (const { made } of workers) made.postMessage('end')
       const codes = await Promise.all(workers.map(({ ended }) => ended))
       console.log(JSON.stringify(wrong), codes.join(''), workers.flatMap(({ failed }) => failed).length)`,
      {
        answer: `const me = 1000 * workerData.data
          const give = python.eval('lambda n, f: functions.__setitem__(n, f)')
          give(workerData.data, (n, i, text) => (typeof i === 'number' ? me + n * i : [me, n * i[0], text.text.length - i[0]]))
          let isOver = false
          parentPort.once('message', () => { isOver = true })
          send('ready')
          const add = python.eval('lambda a, b: [a, b]')
          while (!isOver) {
            const [a, b] = add(me, 'x')
            if (a !== me || b !== 'x') throw new Error('wrong')
            await new Promise((resolve) => setTimeout(resolve, 1))
          }`,
      },
    )
    for (let i = 0; i < Math.ceil(repeats / 5); i++) {
      const ending = await runNode(source, { timeout: 50_000 })
      expect(ending, ending.stderr).toMatchObject({
        code: 0,
        stderr: '',
        stdout: '[] 00000000 0\n',
      })
    }
  }, 600_000)

  test('functions of several environments in one dict: each runs on its own thread', async () => {
    const source = script(
      `python.start({ slowCall: 0 })
       ${withCallers}
       python.exec('functions = {}')
       const give = python.eval('lambda n, f: functions.__setitem__(n, f)')
       give(0, () => 'thread 0')
       const workers = [1, 2, 3].map(() => worker('own'))
       await Promise.all(workers.map(({ first }) => first))
       const all = 'sorted((n, f()) for n, f in functions.items())'
       console.log(python.eval(all).map(([n, said]) => said === 'thread ' + n).join())
       console.log(python.eval('in_thread(lambda: ' + all + ')').map(([n, said]) => said === 'thread ' + n).join())
       for (const { made } of workers) made.postMessage('end')
       await Promise.all(workers.map(({ ended }) => ended))
       python.exec(\`
def codes():
    import pybridge
    for n, f in sorted(functions.items()):
        try: yield f()
        except pybridge.BridgeError as error: yield error.code
\`)
       console.log(python.eval('list(codes())').join(), python.eval('in_thread(lambda: list(codes()))').join())`,
      {
        own: `const { threadId } = await import('node:worker_threads')
          python.eval('lambda n, f: functions.__setitem__(n, f)')(threadId, () => 'thread ' + threadId)
          send('ready')
          await new Promise((resolve) => parentPort.once('message', resolve))`,
      },
    )
    const ending = await runNode(source, { timeout: 20_000 })
    expect(ending, ending.stderr).toMatchObject({ code: 0, stderr: '' })
    expect(ending.stdout).toBe(
      'true,true,true,true\ntrue,true,true,true\n' +
        'thread 0,ENDED,ENDED,ENDED thread 0,ENDED,ENDED,ENDED\n',
    )
  })
})

describe('the end of an environment', () => {
  test('races with threads that call into it: an answer or ENDED, and nothing else', async () => {
    const source = script(
      `python.start({ slowCall: 0 })
       ${withCallers}
       python.exec(\`
import pybridge
kept, outcomes = [], {}
def hammer():
    while True:
        try: outcome = kept[-1]([1], 'x')
        except pybridge.BridgeError as error: outcome = error.code
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
        if outcome == 'ENDED': return
\`)
       for (let i = 0; i < ${repeats}; i++) {
         const { made, first, ended } = worker('serve', i)
         await first
         python.exec('threads = [threading.Thread(target=hammer) for _ in range(8)]\\nfor t in threads: t.start()')
         await new Promise((resolve) => setTimeout(resolve, 10 + Math.random() * 20))
         if (i % 3 === 0) made.postMessage('end')
         else if (i % 3 === 1) await made.terminate()
         else made.postMessage('exit')
         await ended
         python.exec('for t in threads: join(t)')
       }
       console.log(python.eval('sorted(outcomes)').join())`,
      {
        serve: `python.eval('lambda f: kept.append(f)')(([n]) => 'answered')
          parentPort.once('message', (said) => { if (said === 'exit') process.exit(0) })
          send('ready')`,
      },
    )
    const ending = await runNode(source, { timeout: 60_000 })
    expect(ending, ending.stderr).toMatchObject({ code: 0, stderr: '' })
    expect(ending.stdout).toMatch(/^ENDED(,answered)?\n$/)
  }, 120_000)

  test(`${environments} starts and ends, one after another: memory stays flat`, async () => {
    const source = script(
      `python.start({ slowCall: 0 })
       ${withCallers}
       python.exec('kept = []')
       const rss = []
       for (let i = 0; i < ${environments}; i++) {
         const { first, ended } = worker('use', i)
         if ((await first) !== i + 1) throw new Error('wrong')
         if ((await ended) !== 0) throw new Error('wrong end')
         python.exec('kept.clear()')
         global.gc()
         rss.push(process.memoryUsage.rss() / 2 ** 20)
       }
       const middle = rss[Math.floor(rss.length / 2)]
       console.log(rss.at(-1) - middle < 8 + 0.05 * ${environments}, '|', Math.round(rss[0]), Math.round(middle), Math.round(rss.at(-1)))`,
      {
        use: `const f = (n) => n + 1
          python.eval('lambda f: kept.append(f)')(f)
          const big = python.eval('["x" * 1000 for _ in range(100)]')
          send(python.eval('lambda f, n: f(n)')(f, workerData.data))`,
      },
    )
    const ending = await runNode(source, { timeout: 300_000, flags: ['--expose-gc'] })
    expect(ending, ending.stderr).toMatchObject({ code: 0, stderr: '' })
    expect(ending.stdout).toMatch(/^true/)
  }, 310_000)
})
