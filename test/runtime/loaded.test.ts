import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../fixtures/python-tree.js'
import { pythons, repeats } from '../fixtures/pythons.js'
import { index, root, run, runNode } from '../fixtures/run-node.js'

describe.each(pythons)('with values of a vm context, in %s,', (python) => {
  const CONTEXT = `
    import vm from 'node:vm'
    const context = vm.createContext({})
    const inside = (source) => vm.runInContext(source, context)`

  test.each([
    [
      'an array and an object',
      `python.builtins.repr(inside('[1, { a: "x" }]'))`,
      `[1, {'a': 'x'}]`,
    ],
    ['a Map', `python.eval('dict')(inside('new Map([[1, 2]])'))`, `{"1":2}`],
    ['a function', `python.eval('lambda f: f(2)')(inside('(x) => [x, 40 + x]'))`, '[2,42]'],
    [
      'an error, which comes back as it was',
      `(() => { try { python.eval('lambda f: f()')(inside('() => { throw new TypeError("inside") }')) }
        catch (error) { return [error.message, error instanceof inside('TypeError')] } })()`,
      '["inside",true]',
    ],
  ])('%s crosses', async (_, source, expected) => {
    const script = `${CONTEXT}
      const said = (value) => typeof value === 'string' ? value : JSON.stringify(value)
      let value
      try { value = ${source} } catch (error) { value = 'refused: ' + error.code }
      console.log(said(value instanceof Map ? Object.fromEntries(value) : value))`
    const ending = await runNode(script, { python })
    expect(ending, ending.stderr).toMatchObject({ code: 0, signal: null, stdout: `${expected}\n` })
  })

  test('Python works within it, and its functions live as long as Python holds them', async () => {
    const script = `${CONTEXT}
      python.exec('kept = []')
      for (let i = 0; i < 50; i++) {
        const other = vm.createContext({ python, i })
        vm.runInContext('python.eval("kept.append")(() => i)', other)
      }
      gc(); gc()
      console.log(python.eval('sum(f() for f in kept)'))
      context.python = python
      process.on('exit', () => console.log(inside('python.eval("len(kept)")')))`
    const ending = await runNode(script, { python, flags: ['--expose-gc'] })
    expect(ending, ending.stderr).toMatchObject({ code: 0, signal: null, stdout: '1225\n50\n' })
  })
})

describe('a module registry that evaluates the package again, as a test runner does,', () => {
  /** The package as a module of a context of its own, with Node's modules from outside. */
  const REGISTRY = `
    import vm from 'node:vm'
    import { readFileSync } from 'node:fs'
    const kept = [] // Node 20 crashes where a synthetic module is collected before it is evaluated
    async function evaluate(context) {
      const url = ${JSON.stringify(index)}
      const linked = async (specifier) => {
        const outer = await import(specifier)
        const names = Object.keys(outer)
        const module = new vm.SyntheticModule(names, () => {
          for (const name of names) module.setExport(name, outer[name])
        }, { context })
        kept.push(module)
        return module
      }
      const source = readFileSync(new URL(url), 'utf8')
      const module = new vm.SourceTextModule(source, {
        context, identifier: url, initializeImportMeta: (meta) => { meta.url = url },
      })
      await module.link(linked)
      await module.evaluate()
      return module.namespace
    }`

  test.each([
    ['in this context', 'undefined'],
    ['in contexts of their own', 'vm.createContext({ ...globals })'],
  ])('%s: one Python, an end that comes once', async (_, context) => {
    const script = `${REGISTRY}
      const globals = { URL, process, Buffer, console, setTimeout, clearTimeout, setImmediate, queueMicrotask, AbortSignal, DOMException, TextDecoder, TextEncoder, performance, Event, EventTarget }
      python.exec('import atexit; shared = []; atexit.register(print, "atexit")')
      for (let i = 0; i < ${Math.max(10, repeats)}; i++) {
        const again = await evaluate(${context})
        again.python.eval('shared.append')(i)
        const call = again.python.eval('lambda f, x: f(x)')
        if (call((x) => x + 1, 1) !== 2) throw new Error('wrong')
        if (await again.python.eval('lambda: 42').async() !== 42) throw new Error('wrong')
        try { again.python.eval('1 / 0'); throw new Error('wrong') } catch (error) {
          if (!(error instanceof again.PythonError)) throw error
        }
      }
      console.log(python.eval('len(shared)'))`
    const ending = await runNode(script, { flags: ['--experimental-vm-modules', '--no-warnings'] })
    expect(ending, ending.stderr).toMatchObject({
      code: 0,
      signal: null,
      stdout: `${Math.max(10, repeats)}\natexit\n`,
    })
  })
})

describe('test runners run files that use Python', () => {
  const file = (name: string, imports = '') => `${imports}
    import { python, PythonError } from 'pybridge'
    test('${name}: values, callbacks, errors and threads', async () => {
      expect(python.eval('[1, {"a": 2.5}]')).toEqual([1, { a: 2.5 }])
      expect(python.eval('lambda f: f(20)')((n) => n + 1)).toBe(21)
      expect(() => python.eval('1 / 0')).toThrow(PythonError)
      expect(await python.eval('lambda n: n * 2').async(21)).toBe(42)
      python.exec('import threading, time; threading.Thread(target=time.sleep, args=(60,), daemon=True).start()')
    })
    test('${name}: a proxy in a snapshot of an error is no trouble', () => {
      expect(String(python.builtins.object())).toMatch(/object/)
    })`

  /** A project with three such files, and with what it installs. */
  function project(settings: object, installed: string[], imports = ''): string {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'node_modules'))
    for (const name of installed) {
      symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
    }
    symlinkSync(root, join(folder, 'node_modules/pybridge'))
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', ...settings }))
    for (const name of ['a', 'b', 'c']) {
      writeFileSync(join(folder, `${name}.test.js`), file(name, imports))
    }
    return folder
  }

  test.each([
    ['threads', true],
    ['threads', false],
    ['forks', true],
    ['forks', false],
  ])('vitest in pool %s, isolated: %s', async (pool, isolate) => {
    const folder = project({}, ['vitest', 'vite'], `import { expect, test } from 'vitest'`)
    const ending = await run(join(root, 'node_modules/vitest/vitest.mjs'), {
      args: ['run', `--pool=${pool}`, `--isolate=${isolate}`, '--maxWorkers=2', '--root', folder],
      cwd: folder,
      env: { CI: '1', NO_COLOR: '1', VITEST_POOL_ID: null, VITEST_WORKER_ID: null, TEST: null },
    })
    expect(ending.stdout, ending.stderr).toMatch(/Tests {2}6 passed/)
    expect({ code: ending.code, signal: ending.signal }).toEqual({ code: 0, signal: null })
  })

  test.each([
    ['processes', '--maxWorkers=2'],
    ['threads', '--workerThreads'],
    ['its own process', '--runInBand'],
  ])('jest in %s', async (_, flag) => {
    const folder = project({ jest: { testEnvironment: 'node', transform: {} } }, [])
    const ending = await run(join(root, 'node_modules/jest/bin/jest.js'), {
      flags: ['--experimental-vm-modules'],
      args: ['--ci', flag],
      cwd: folder,
      env: { JEST_WORKER_ID: null, NO_COLOR: '1' },
    })
    expect(ending.stderr).toMatch(/Tests: +6 passed/)
    expect({ code: ending.code, signal: ending.signal }).toEqual({ code: 0, signal: null })
  })
})

describe(`${repeats < 30 ? 30 : repeats} environments one after another leave memory flat:`, () => {
  const count = Math.max(30, repeats)

  test.each([
    ['loaded only', ''],
    ['Python used in each', `python.eval('lambda f: f([1, {"a": "x"}])')((x) => x)`],
    [
      'with jobs in flight at their end, and threads that call back',
      `python.exec(\`
import threading, time
def call_back(f):
    try:
        while True: f(); time.sleep(0.001)
    except Exception: pass
def begin(f): threading.Thread(target=call_back, args=(f,), daemon=True).start()
\`)
       python.eval('begin')(() => 1)
       for (let i = 0; i < 50; i++) python.eval('lambda n: n').async(i)
       python.eval('time.sleep').async(0.01)
       process.exit()`,
    ],
  ])(
    '%s',
    async (_, body) => {
      const script = `// bare
      import { isMainThread, Worker } from 'node:worker_threads'
      import process from 'node:process'
      async function main() {
        const { python } = await import(${JSON.stringify(index)})
        python.start()
        const sizes = []
        for (let i = 0; i < ${count}; i++) {
          const worker = new Worker(new URL(import.meta.url))
          await new Promise((resolve, reject) => worker.on('exit', resolve).on('error', reject))
          gc()
          sizes.push(process.memoryUsage.rss() / 2 ** 20)
        }
        // The lowest of each half: arenas of the C library come and go.
        const half = sizes.length >> 1
        console.log(Math.min(...sizes.slice(0, half)), Math.min(...sizes.slice(half)), python.eval('6 * 7'))
      }
      async function work() {
        const { python } = await import(${JSON.stringify(index)})
        ${body}
      }
      isMainThread ? main() : work()`
      const ending = await runNode(script, {
        flags: ['--expose-gc'],
        timeout: 20_000 + 2000 * count,
      })
      expect(ending, ending.stderr).toMatchObject({ code: 0, signal: null })
      const [before = 0, after = 0, answer] = ending.stdout.split(' ').map(Number)
      console.log(`${count} environments: ${before.toFixed(1)} MiB, then ${after.toFixed(1)} MiB`)
      expect(answer).toBe(42)
      expect(after - before).toBeLessThan(16 + count / 25)
    },
    700_000,
  )
})
