// Builds of Python without a GIL: nothing of ours brings it back, and what runs at once does.
import { describe, expect, test } from 'vitest'
import { withCallers } from '../fixtures/callers.js'
import { isFreeThreaded, pythons, repeats, skipLoudly } from '../fixtures/pythons.js'
import { runNode } from '../fixtures/run-node.js'
import { script } from '../fixtures/workers.js'

const free = pythons.filter(isFreeThreaded)

/** Comes back only where two threads run it at once: the interval lets nobody take turns. */
const meeting = `
import itertools, time
arrived = set()
deadline = time.monotonic() + 20
def meet(me, other):
    arrived.add(me)
    for turn in itertools.count():
        if other in arrived: return True
        if turn % 100_000 == 0 and time.monotonic() > deadline: return False
`

/** Every table of an environment: slots, names, functions, and what others drop of them. */
const share = `
  function use(me) {
    const names = Array.from({ length: 20 }, (_, i) => 'name' + me + '_' + i)
    const [give, things] = [python.eval('give'), python.eval('lambda: tuple(things)')]
    for (let round = 0; round < ${10 * repeats}; round++) {
      const all = things()
      for (const thing of all) {
        thing.value = round
        if (!(thing.value >= 0) || thing.method(me) !== me) throw new Error('wrong')
        if (python.eval('lambda a, b: a is b')(thing, all[0]) !== (thing === all[0])) throw new Error('not the same')
      }
      for (const name of names) all[round % 50][name] = round
      const mine = (n) => n
      give(mine)
      give((n) => n)
      if (python.eval('lambda f: f')(mine) !== mine) throw new Error('another function')
      if (round % 5 === 0) all[round % 50][Symbol.dispose]?.()
      if (round % 10 === 0) gc()
    }
  }`

describe.each(free)('%s', (python) => {
  const check = async (source: string, stdout: string) => {
    const ending = await runNode(source, { python, timeout: 50_000, flags: ['--expose-gc'] })
    expect(ending, ending.stderr).toMatchObject({ code: 0, signal: null, stderr: '', stdout })
  }

  test('the GIL stays off, whatever of ours is used', async () => {
    const source = script(
      `const off = (what) => { if (python.eval('__import__("sys")._is_gil_enabled()')) console.log(what, 'brings the GIL back') }
       python.start({ slowCall: 0 })
       off('the start')
       ${withCallers}
       python.exec('import pybridge, pybridge._native, pybridge.call, pybridge.object, pybridge.errors, pybridge.convert')
       off('import pybridge')
       const echo = python.eval('lambda *args, **kwargs: (args, kwargs)')
       const f = (...args) => args
       echo([1, { a: new Map([[1, 2n]]) }, new Set(['x'])], Buffer.from('x'), f, kw({ named: [1] }))
       python.eval('lambda f: f([1], a=2)')(f)
       off('a callback')
       python.eval('in_thread')(f, [1], kw({ a: 2 }))
       await python.eval('lambda f: pybridge.post(f, 1)').async(f)
       await echo.async([1], f, echo)
       await withOptions(python.eval('time.sleep'), { timeout: 5 }).async(0.05).catch(() => {})
       off('another thread')
       try { python.eval('lambda: 1 / 0')() } catch (error) { if (!error.stack.includes('ZeroDivisionError')) throw error }
       try { python.eval('lambda f: f()')(() => { throw new Error('thrown') }) } catch {}
       off('an error')
       for (const name of python.import('math').pi.toFixed(2)) void name
       python.attached(() => echo(1))
       python.exec('import signal, subprocess, multiprocessing, concurrent.futures, asyncio, ctypes, json, decimal, datetime')
       python.exec('print(end="")')
       off('the standard library')
       const { made, first, ended } = worker('use')
       if (await first) console.log('a worker brings the GIL back')
       made.postMessage('end')
       await ended
       off('a worker')
       gc()
       await new Promise((resolve) => setTimeout(resolve, 10))
       off('a sweep')
       console.log(python.info.freeThreaded, python.eval('__import__("sys")._is_gil_enabled()'))`,
      {
        use: `const f = (x) => [x]
          python.eval('lambda f: f(1)')(f)
          await python.eval('lambda f: f(1)').async(f)
          send(python.eval('__import__("sys")._is_gil_enabled()'))
          await new Promise((resolve) => parentPort.once('message', resolve))`,
      },
    )
    await check(source, 'true false\n')
  })

  test('two .async calls, two workers, and a call beside a thread run at once', async () => {
    const source = script(
      `python.start({ slowCall: 0, switchInterval: 1e6 })
       python.exec(${JSON.stringify(meeting)})
       const meet = python.eval('meet')
       console.log(await Promise.all([meet.async(1, 2), meet.async(2, 1)]))
       const workers = [3, 4].map((me) => worker('meet', me))
       console.log(await Promise.all(workers.map(({ first }) => first)))
       await Promise.all(workers.map(({ ended }) => ended))
       const answer = meet.async(5, 6)
       console.log(meet(6, 5), await answer)`,
      { meet: `send(python.eval('meet')(workerData.data, 7 - workerData.data))` },
    )
    await check(source, '[ true, true ]\n[ true, true ]\ntrue true\n')
  })

  test('many calls of a moment each are shared out', async () => {
    const source = script(
      `python.start({ slowCall: 0 })
       python.exec('import threading')
       const who = python.eval('lambda n: (sum(range(n)), threading.get_ident())[1]')
       const threads = await Promise.all(Array.from({ length: 300 }, () => who.async(30_000)))
       console.log(new Set(threads).size > 1)`,
    )
    await check(source, 'true\n')
  })

  test('environments that share objects, functions and their ends at once', async () => {
    const source = script(
      `python.start({ slowCall: 0 })
       python.exec(${JSON.stringify(`
import random, threading
class Thing:
    def __init__(self): self.value = 0
    def method(self, x): return x
things = [Thing() for _ in range(50)]
functions = []
def give(function):
    functions.append(function)
    if len(functions) > 60:
        try: del functions[random.randrange(30)]
        except IndexError: pass
def call_some(count):
    import pybridge
    answers = 0
    for _ in range(count):
        try: answers += random.choice(functions)(1)
        except (pybridge.BridgeError, IndexError): pass
    return answers
`)})
       ${share}
       const workers = [1, 2, 3].map((n) => worker('share', n))
       use(0)
       const answers = await python.eval('call_some').async(200)
       await Promise.all(workers.map(({ ended }) => ended))
       use(0)
       python.exec('functions.clear()')
       console.log(workers.flatMap(({ failed }) => failed), answers > 0)`,
      {
        share: `${share}; use(workerData.data); await python.eval('call_some').async(50); use(workerData.data)`,
      },
    )
    await check(source, '[] true\n')
  })

  test('every source that runs has a name of its own', async () => {
    const run = `for (let i = 0; i < 2000; i++) python.exec('names.append(__import__("sys")._getframe().f_code.co_filename)')`
    const source = script(
      `python.start({ slowCall: 0 })
       python.exec('names = []')
       const workers = [worker('run'), worker('run')]
       await Promise.all(workers.map(({ ended }) => ended))
       console.log(python.eval('len(names), len(set(names))'))`,
      { run },
    )
    await check(source, '[ 4000, 4000 ]\n')
  })
})

if (free.length === 0) {
  skipLoudly('builds without a GIL', 'PYBRIDGE_TEST_PYTHONS names no free-threaded Python')
}
