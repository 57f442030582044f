import { describe, expect, test } from 'vitest'
import { type Place, places } from '../fixtures/pythons.js'
import { type Ending, index, runNode } from '../fixtures/run-node.js'
import { script } from '../fixtures/workers.js'

const here: Place = places[0] as Place

/** Races show in some runs only. */
async function repeatedly(expected: Partial<Ending>, source: string, place: Place = here) {
  const { node, python, repeats } = place
  for (let i = 0; i < repeats; i++) {
    const ending = await runNode(source, { node, python })
    expect(ending, ending.stderr).toMatchObject({ signal: null, ...expected })
  }
}

describe.each(places)('a worker of $node with $python', (place) => {
  const { node, python } = place

  test('uses Python after the main thread has started it, and ends', async () => {
    const source = script(
      `python.start()
       const { first, ended } = worker('use')
       console.log(await first, await ended, python.eval('6 * 7'))`,
      { use: `send(python.eval('sum(range(10))'))` },
    )
    await repeatedly({ code: 0, stdout: '45 0 42\n' }, source, place)
  })

  test.each([
    ['idle', `python.eval('1'); send('ready'); setInterval(() => {}, 1000)`],
    [
      'in short calls',
      `python.exec('import time\\ndef spin():\\n  end = time.time() + 0.02\\n  while time.time() < end: pass')
       const spin = python.eval('spin')
       send('ready')
       for (;;) spin()`,
    ],
    [
      'in calls that sleep',
      `const sleep = python.import('time').sleep; send('ready'); for (;;) sleep(0.02)`,
    ],
    [
      'in a callback',
      `const call = python.eval('lambda f: f()'); send('ready'); call(() => { for (;;); })`,
    ],
    [
      'while Python calls back',
      `python.exec('def forever(f):\\n  while True: f()')
       const forever = python.eval('forever')
       send('ready'); forever(() => 1)`,
    ],
    [
      'while Python calls back and catches all',
      `python.exec(\`
import time
def forever(f):
    end = time.time() + 0.3
    while time.time() < end:
        try: f()
        except BaseException: pass
\`)
       const forever = python.eval('forever')
       send('ready'); forever(() => 1)`,
    ],
    [
      'in an import',
      `send('ready')
       for (;;) python.exec('import sys\\nsys.modules.pop("_pydecimal", None)\\nimport _pydecimal')`,
    ],
    [
      'while it makes proxies',
      `send('ready'); const kept = []; for (;;) { kept.push(python.builtins.object()); if (kept.length > 1e4) kept.length = 0 }`,
    ],
    [
      'while Python makes proxies',
      `python.exec('kept = []'); const push = python.eval('kept.append'); send('ready'); for (let i = 0; ; i++) push(() => i)`,
    ],
    ['while it throws', `send('ready'); for (;;) try { python.eval('1 / 0') } catch {}`],
  ])('is terminated %s', async (_, body) => {
    const source = script(
      `python.start()
       const { made, first } = worker('busy')
       await first
       await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 20))
       const code = await made.terminate()
       console.log(typeof code, python.eval('6 * 7'), await worker('next').first)`,
      { busy: body, next: `send(python.eval('"next"'))` },
    )
    await repeatedly({ code: 0, stdout: 'number 42 next\n' }, source, place)
  })

  test('leaves by process.exit within a callback: it alone', async () => {
    const source = script(
      `python.start()
       const { ended } = worker('leave')
       console.log(await ended, python.eval('6 * 7'))`,
      { leave: `python.eval('lambda f: f()')(() => process.exit(9))` },
    )
    await repeatedly({ code: 0, stdout: '9 42\n' }, source, place)
  })

  test('ends with an uncaught PythonError: the parent hears it', async () => {
    const source = script(
      `python.start()
       const { ended, made } = worker('fail')
       made.on('error', (error) => console.log(error.name, error.message))
       console.log(await ended)`,
      { fail: `python.eval('1 / 0')` },
    )
    await repeatedly(
      { code: 0, stdout: expect.stringMatching(/division by zero\n1\n$/) },
      source,
      place,
    )
  })

  test('is terminated before it begins, and while it loads', async () => {
    const source = script(
      `python.start()
       for (let i = 0; i < 20; i++) {
         const { made } = worker('use')
         await new Promise((resolve) => setTimeout(resolve, 2 * i))
         await made.terminate()
       }
       console.log(await worker('use').first)`,
      { use: `send(python.eval('6 * 7'))` },
    )
    await repeatedly({ code: 0, stdout: '42\n' }, source, place)
  })

  test('4 at once compute, each right', async () => {
    const source = script(
      `python.exec('def add(n): return sum(range(n))')
       const workers = [1, 2, 3, 4].map((n) => worker('compute', n * 1000))
       console.log((await Promise.all(workers.map(({ first }) => first))).join(' '))
       console.log((await Promise.all(workers.map(({ ended }) => ended))).join(' '))`,
      {
        compute: `const add = python.eval('add')
          let wrong = 0
          const right = (data) => (data * (data - 1)) / 2
          const n = workerData.data
          for (let i = 0; i < 300; i++) if (add(n + i) !== right(n + i)) wrong++
          python.eval('lambda f: f()')(() => send(wrong))`,
      },
    )
    await repeatedly({ code: 0, stdout: '0 0 0 0\n0 0 0 0\n' }, source, place)
  })

  test('with two copies of the package, one within the other, has one thread state', async () => {
    const source = script(
      `python.start()
       const { first, ended } = worker('two')
       console.log(await first, await ended)`,
      {
        two: `const other = await import(${JSON.stringify(`${index}?again`)})
          const call = python.eval('lambda f: f()'), callOther = other.python.eval('lambda f: f()')
          const local = 'getattr(__import__("threading").current_thread(), "ident")'
          const same = python.eval(local) === other.python.eval(local)
          send([same, call(() => callOther(() => call(() => 42)))].join())`,
      },
    )
    await repeatedly({ code: 0, stdout: 'true,42 0\n' }, source, place)
  })

  test('50 one after another, and memory does not grow with them', async () => {
    const source = script(
      `python.start()
       let sum = 0
       for (let i = 0; i < 50; i++) {
         const { first, ended } = worker('use', i)
         sum += await first
         await ended
       }
       console.log(sum, python.eval('__import__("threading").active_count()') < 10)`,
      { use: `send(python.eval(String(workerData.data)))` },
    )
    const ending = await runNode(source, { node, python })
    expect(ending, ending.stderr).toMatchObject({ code: 0, stdout: '1225 true\n' })
  })

  test('the process leaves while workers compute', async () => {
    const source = script(
      `python.start()
       const workers = [1, 2, 3].map(() => worker('spin'))
       await Promise.all(workers.map(({ first }) => first))
       process.exit(3)`,
      {
        spin: `python.exec('import time\\ndef spin():\\n  end = time.time() + 0.01\\n  while time.time() < end: pass')
          const spin = python.eval('spin')
          send('ready')
          for (;;) spin()`,
      },
    )
    await repeatedly({ code: 3, stdout: '' }, source, place)
  })
})

describe('a worker', () => {
  test('that wants Python before the main thread has it: the main thread starts it', async () => {
    const source = script(
      `const { first, ended, failed } = worker('early')
       console.log(await first, await ended, failed.length, python.eval('6 * 7'))`,
      { early: `send(python.eval('6 * 7'))` },
    )
    await repeatedly({ code: 0, stdout: '42 0 0 42\n', stderr: '' }, source)
  })

  test('that wants Python just while the main thread starts it: there is one start', async () => {
    const source = script(
      `const workers = [1, 2, 3].map(() => worker('race'))
       await Promise.all(workers.map(({ first }) => first))
       python.start()
       const heard = await Promise.all(workers.map(async ({ ended, heard }) => (await ended, heard.at(-1))))
       console.log(heard.join(' '))`,
      {
        race: `send('ready')
          try { send(python.eval('[6 * 7, None, "x"]')[0]) } catch (error) { send(error.code) }`,
      },
    )
    await repeatedly({ code: 0, stdout: '42 42 42\n' }, source)
  })

  test('keeps its own objects: those of another thread cannot cross by accident', async () => {
    const source = script(
      `python.exec('shared = []')
       const list = python.eval('lambda: shared')
       const { first, ended } = worker('use')
       console.log(await first, await ended, python.eval('len(shared)'))`,
      { use: `python.exec('shared.append(1)'); send(python.eval('len(shared)'))` },
    )
    await repeatedly({ code: 0, stdout: '1 0 1\n' }, source)
  })

  test('owns its functions: another thread of Python is answered there, and refused after its end', async () => {
    const source = script(
      `python.exec(\`
kept = []
def attempt():
    try: return kept[0]()
    except Exception as error: return type(error).__name__ + ' ' + str(getattr(error, 'code', ''))
\`)
       const { made, first, ended } = worker('give')
       await first
       console.log(python.eval('attempt()'))
       made.postMessage('end')
       await ended
       console.log(python.eval('attempt()'), python.eval('repr(kept)').startsWith('[<'))
       python.exec('kept.clear()')`,
      {
        give: `python.eval('lambda f: kept.append(f)')(() => 'called')
          send(python.eval('kept[0]()'))
          await new Promise((resolve) => parentPort.once('message', resolve))`,
      },
    )
    const { code, stdout, stderr } = await runNode(source)
    expect(stderr).toBe('')
    expect(stdout).toBe('called\nBridgeError ENDED true\n')
    expect(code).toBe(0)
  })

  test('whose Python thread is a daemon ends, and the process as well', async () => {
    const source = script(
      `python.start()
       const { ended } = worker('leave')
       console.log(await ended)`,
      {
        leave: `python.exec(\`
import threading, time
def work():
    while True: sorted(range(100))
threading.Thread(target=work, daemon=True).start()
\`)`,
      },
    )
    await repeatedly({ code: 0, stdout: '0\n' }, source)
  })

  test('with a small stack: deep recursion through both sides is an error, not a crash', async () => {
    const source = script(
      `python.start()
       const made = new Worker(new URL(import.meta.url), { workerData: { name: 'deep' }, resourceLimits: { stackSizeMb: 1 } })
       made.on('message', (said) => console.log(said))
       await new Promise((resolve) => made.on('exit', resolve))
       console.log(python.eval('6 * 7'))`,
      {
        deep: `const call = python.eval('lambda f: f()')
          const deeper = () => call(deeper)
          let name = 'none'
          try { deeper() } catch (error) { name = error.name }
          send(/Error$/.test(name))`,
      },
    )
    await repeatedly({ code: 0, stdout: 'true\n42\n' }, source)
  })
})
