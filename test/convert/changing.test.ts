// Containers that other threads change while they cross: what arrives is what one of their steps
// left, container by container, and nothing crashes. Without a GIL they do change meanwhile.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isFreeThreaded, pythons, repeats, skipLoudly } from '../fixtures/pythons.js'
import { root, runNode } from '../fixtures/run-node.js'
import { script } from '../fixtures/workers.js'

const free = pythons.filter(isFreeThreaded)
const places = [...new Set([...pythons.slice(0, 1), ...free])]

const mutators = readFileSync(join(root, 'test/fixtures/mutators.py'), 'utf8')

/** Milliseconds for each container. */
const duration = 60 * repeats

const names = ['list', 'dict', 'map', 'js_map', 'set', 'nested', 'attributes', 'texts', 'bytes']

/** What is wrong with a value that has arrived; undefined where nothing is. */
const CHECKS = `
  const { inspect } = await import('node:util')
  const one = (values) => new Set(values).size <= 1
  const named = (object, name) => Object.keys(object).sort((a, b) => a.slice(4) - b.slice(4)).every((key, i) => key === name + i)
  const isEmpty = (object) => Object.keys(object).length === 0
  const letters = ['a', 'é', '☃', '😀']
  const isMap = (map) => map instanceof Map && one([...map.keys()].map(([number]) => number)) &&
    [...map].every(([[number, i], text], index) => i === index && text === String(number))
  const checks = {
    list: (list) => Array.isArray(list) && one(list),
    dict: (dict) => named(dict, 'key ') && one(Object.values(dict).map(([number]) => number)),
    map: (map) => isMap(map) || isEmpty(map),
    js_map: (map, how) => isMap(map) || (how === 'copy' && isEmpty(map)),
    set: (set) => set instanceof Set && one([...set].map((number) => Math.floor(number / 1000))),
    nested: ([list, dict]) => one(list.map(([number]) => number)) && one(dict.inner ?? []),
    attributes: (dict) => Object.entries(dict).every(([name, value]) => /^name\\d+$/.test(name) && /^\\d+$/.test(value)),
    texts: (texts) => texts.length === 4 && texts.every((text) => letters.some((letter) => text === letter.repeat(50))),
    bytes: ({ 0: byte }) => byte === undefined || (Number.isInteger(byte) && byte < 256),
  }`

/** Reads one container again and again, each way there is. */
const READ = `
  async function read(name, duration) {
    ${CHECKS}
    const check = (value, how) => {
      if (!checks[name](value, how)) throw new Error(name + ' by ' + how + ': ' + inspect(value, { depth: 4 }))
    }
    const get = python.eval('lambda name: shared[name]')
    const beside = python.eval('lambda name: [shared[name], shared[name]]')
    const give = python.eval('lambda name, function: function(shared[name], name) and None')
    const fail = python.eval('lambda name: (_ for _ in ()).throw(ValueError(shared[name]))')
    const kept = python.eval('lambda name: Holder(shared[name])')(name)
    let count = 0
    for (const end = Date.now() + duration; Date.now() < end; count++) {
      for (let i = 0; i < 10; i++) check(get(name), 'result')
      const [first, second] = beside(name)
      if (name !== 'bytes' && first !== second) throw new Error('what is shared was not')
      give(name, (value) => check(value, 'argument') ?? true)
      if (name !== 'nested') check(kept.value.copy(), 'copy')
      if (['list', 'dict', 'texts'].includes(name)) check(kept.value.toJSON(), 'JSON')
      for (const value of await Promise.all([get.async(name), get.async(name)])) check(value, 'promise')
      await give.async(name, (value) => check(value, 'argument from a thread') ?? true)
      try { fail(name) } catch (error) { if (error.type !== 'ValueError') throw error }
      try { for (const item of kept.value) void item } // as Python's own loop would
      catch (error) { if (error.type !== 'RuntimeError') throw error }
    }
    return count
  }`

describe.each(places)('in %s, what other threads change', (python) => {
  test.each([names, ...names.map((name) => [name])])('crosses whole: %s', async (...changing) => {
    const source = script(
      `python.start({ slowCall: 0, switchInterval: 0.0005 })
       python.exec(${JSON.stringify(mutators)})
       ${READ}
       const changing = ${JSON.stringify(changing)}
       python.eval('start')(...changing)
       const workers = changing.map((name) => worker('read', { name, duration: ${duration} }))
       let count = 0
       for (const name of changing) count += await read(name, ${duration})
       const counts = await Promise.all(workers.map(({ first, ended }) => Promise.race([first, ended.then(() => 0)])))
       await Promise.all(workers.map(({ ended }) => ended))
       console.log(JSON.stringify(python.eval('stop')()), count > 0, counts.every((count) => count > 0))
       console.log(JSON.stringify(workers.flatMap(({ failed }) => failed)))`,
      {
        read: `${READ}; const { name, duration } = workerData.data; send(await read(name, duration))`,
      },
    )
    const ending = await runNode(source, { python, timeout: 50_000 })
    expect(ending, ending.stderr).toMatchObject({ code: 0, signal: null, stderr: '' })
    expect(ending.stdout).toBe('[] true true\n[]\n')
  })

  test('has a JSON form of one of its states', async () => {
    const source = `
      python.exec(\`
import threading
shared, running = [[], {}], True
def change(size):
    while running:
        shared[0].extend(range(size)); shared[0].clear()
        shared[1].update((str(n), n) for n in range(size)); shared[1].clear()
threads = [threading.Thread(target=change, args=[size]) for size in (3, 300)]
for thread in threads: thread.start()
def stop():
    global running
    running = False
    for thread in threads: thread.join()
\`)
      const shared = python.eval('type("Holder", (), {"value": shared})()')
      for (const end = Date.now() + ${10 * duration}; Date.now() < end; ) shared.value.toJSON()
      python.eval('stop')()`
    const ending = await runNode(source, { python, timeout: 50_000 })
    expect(ending, ending.stderr).toMatchObject({ code: 0, signal: null, stderr: '' })
  })
})

if (free.length === 0) {
  skipLoudly(
    'containers that change meanwhile',
    'PYBRIDGE_TEST_PYTHONS names no free-threaded Python',
  )
}
