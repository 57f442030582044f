import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { hasBackingStores } from '../fixtures/backing-stores.js'
import { temporaryFolder } from '../fixtures/python-tree.js'
import { ask, defaultPython, pythons, skipLoudly } from '../fixtures/pythons.js'
import { runNode } from '../fixtures/run-node.js'
import { crossings, PYTHON } from './crossings.js'

const MiB = 2 ** 20

/** V8's own heap must not grow while the rest is measured. */
const flags = ['--expose-gc', '--max-semi-space-size=1', '--min-semi-space-size=1']

/** Fails where `body`, a million times in one turn, grows the process each time of three. */
async function expectGrowth(limit: number, once: string, body: string): Promise<void> {
  const script = `
    import { inspect } from 'node:util'
    python.exec(${JSON.stringify(PYTHON)})
    const thing = python.eval('Thing()')
    ${once}
    const run = (times) => { for (let i = 0; i < times; i++) { ${body} } }
    run(400_000)
    let grown = Infinity
    for (let round = 0; round < 3 && grown > ${limit}; round++) {
      const before = process.memoryUsage.rss()
      run(1_000_000)
      grown = process.memoryUsage.rss() - before
    }
    console.log(grown)`
  const { code, stdout, stderr } = await runNode(script, { flags, timeout: 110_000 })
  expect(code, stderr).toBe(0)
  expect(Number(stdout)).toBeLessThanOrEqual(limit)
}

describe('a million in one turn:', () => {
  test.each([
    ['calls without arguments', `const f = python.eval('lambda: None')`, 'f()'],
    ['calls with numbers', `const f = python.eval('lambda a, b: a + b')`, 'f(i, 1.5)'],
    ['calls with texts', `const f = python.eval('lambda a, b: b')`, `f('hello', 'é' + i)`],
    ['calls with an object', `const f = python.eval('lambda a: a')`, 'f(thing)'],
    ['calls of a method', '', 'thing.method(i)'],
    ['reads of an attribute', 'thing.value = 1', 'thing.value'],
    [
      'callbacks',
      `const call = python.eval('lambda f, n: f(n)'); const f = (n) => n`,
      'call(f, i)',
    ],
    [
      'views, given back',
      `const bytes = python.eval('bytearray(8)')`,
      'python.view(bytes).release()',
    ],
    ['calls with containers', `const f = python.eval('lambda *a: a')`, `f([i, 'x'], { a: [i] })`],
  ])('%s keep memory flat', (_, once, body) => expectGrowth(1 * MiB, once, body), 120_000)

  test.each([
    ['proxies', 'const make = python.builtins.object', 'make()'],
    ['functions', `const call = python.eval('lambda f: f()')`, 'call(() => i)'],
    ['views', 'const make = python.builtins.bytearray', 'python.view(make(100))'],
    ['typed arrays', `const f = python.eval('len')`, 'f(new Uint8Array(8))'],
    ['memories', 'const bytes = new Uint8Array(8)', 'python.memory(bytes)'],
  ])(
    '%s, dropped, grow by 8 MiB at most',
    (_, once, body) => expectGrowth(8 * MiB, once, body),
    120_000,
  )
})

describe('memory that is large:', () => {
  async function grown(body: string): Promise<number> {
    const script = `
      python.exec('import mmap')
      const grown = () => process.memoryUsage.rss() - before
      let before = process.memoryUsage.rss()
      ${body}
      console.log(grown())`
    const { code, stdout, stderr } = await runNode(script, { flags: ['--expose-gc'] })
    expect(code, stderr).toBe(0)
    return Number(stdout) / MiB
  }

  test('a GiB of Python’s, seen a thousand times, is not copied', async () => {
    const body = `
      const memory = python.eval('mmap.mmap(-1, 2**30)')
      const views = Array.from({ length: 1000 }, () => python.view(memory))
      const parts = views.map((view, i) => view.slice(i * 1000).data)
      parts[7][0] = 1
      if (python.eval('lambda m: m[7000]')(memory) !== 1) throw new Error('it is copied')`
    expect(await grown(body)).toBeLessThan(16)
  })

  test.skipIf(!hasBackingStores())('a GiB of JavaScript’s is not copied', async () => {
    const body = `
      const bytes = new Uint8Array(2 ** 30)
      const at = python.eval('lambda m, i: memoryview(m)[i]')
      for (let i = 0; i < 100; i++) at(bytes, i) + at(python.memory(bytes), i)`
    expect(await grown(body)).toBeLessThan(16)
  })

  // Their proxies are swept every so often, and each of them keeps 100 kB: 2 GB in all.
  test.skipIf(!hasBackingStores())(
    'views that are dropped are collected, also within a turn',
    async () => {
      const body = `
      const make = python.builtins.bytearray
      const run = () => { for (let i = 0; i < 20_000; i++) python.view(make(100_000)) }
      run()
      before = 0`
      expect(await grown(body)).toBeLessThan(500)
    },
  )
})

const debug = pythons.find(
  (python) => ask(python, 'import sys; print(hasattr(sys, "gettotalrefcount"))') === 'True',
)

if (debug === undefined) {
  skipLoudly('the sum of all reference counts', 'PYBRIDGE_TEST_PYTHONS names no debug build')
} else {
  test('the sum of all reference counts of a debug build stays after every crossing', async () => {
    const bodies = crossings.map(([name, once, body]) => {
      const run = `(times) => { for (let i = 0; i < times; i++) { ${body} } }`
      return `[${JSON.stringify(name)}, (() => { ${once}\n return ${run} })()]`
    })
    const script = `
      import { inspect } from 'node:util'
      python.exec(${JSON.stringify(PYTHON)})
      const thing = python.eval('Thing()')
      const total = python.eval('sys.gettotalrefcount')
      const collect = python.eval('gc.collect')
      const settle = async () => {
        for (let i = 0; i < 4; i++) {
          gc()
          await new Promise((resolve) => setTimeout(resolve, 5))
        }
        collect()
      }
      const grown = {}
      for (const [name, run] of [${bodies.join(',\n')}]) {
        const rounds = []
        for (let round = 0; round < 3; round++) {
          run(50)
          await settle()
          const before = total()
          run(300)
          await settle()
          rounds.push(total() - before)
        }
        const least = Math.min(...rounds)
        if (least > 100) grown[name] = rounds
      }
      console.log(JSON.stringify(grown))`
    const { code, stdout, stderr } = await runNode(script, {
      flags: ['--expose-gc'],
      python: debug,
      timeout: 110_000,
    })
    expect(code, stderr).toBe(0)
    expect(JSON.parse(stdout)).toEqual({})
  }, 120_000)
}

// In an environment of its own: what site-packages import by their .pth files is not the interpreter's.
test('a started interpreter takes 16 MiB at most', async () => {
  const venv = join(temporaryFolder(), 'env')
  execFileSync(defaultPython, ['-m', 'venv', '--without-pip', venv])
  const script = `
    gc()
    const before = process.memoryUsage.rss()
    python.start({ venv: ${JSON.stringify(venv)} })
    python.eval('1')
    gc()
    console.log(process.memoryUsage.rss() - before)`
  const { stdout } = await runNode(script, { flags: ['--expose-gc'] })
  expect(Number(stdout)).toBeLessThan(16 * MiB)
})
