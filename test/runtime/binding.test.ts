import { copyFileSync, cpSync, readdirSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../fixtures/python-tree.js'
import { nodes, repeats } from '../fixtures/pythons.js'
import { root, runNode } from '../fixtures/run-node.js'

const index = join(root, 'dist/index.js')
const addon = createRequire(import.meta.url)('node-gyp-build').path(root) as string

/** How a second copy of the package's JavaScript gets into one process. */
const copies = {
  'imported again with a query': `const other = await import(${JSON.stringify(`${index}?again`)})`,
  'imported from a copy of the package': `const other = await import(process.argv[2])`,
}

/** Another folder with the same package, which shares the addon as a link would. */
function copyOfPackage(): string {
  const folder = temporaryFolder()
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true })
  for (const name of readdirSync(root)) {
    if (['build', 'node_modules', 'package.json', 'prebuilds', 'python'].includes(name)) {
      symlinkSync(join(root, name), join(folder, name))
    }
  }
  return join(folder, 'dist/index.js')
}

describe.each(Object.entries(copies))('a second copy, %s,', (name, load) => {
  const args =
    name.includes('folder') || name.includes('copy of') ? () => [copyOfPackage()] : () => []

  async function says(script: string, expected: string) {
    const ending = await runNode(`${load}\n${script}`, { args: args() })
    expect(ending, ending.stderr).toMatchObject({ code: 0, signal: null, stdout: expected })
  }

  test('uses the same Python', () =>
    says(
      `python.exec('shared = 42')
       console.log(other.python.eval('shared'), other.python !== python)`,
      '42 true\n',
    ))

  test('knows what the first one started', () =>
    says(
      `python.start({ argv: ['first'] })
       let code = 'none'
       try { other.python.start({ argv: ['second'] }) } catch (error) { code = error.code }
       console.log(other.python.info.started, other.python.info.version === python.version, code)`,
      'true true ALREADY_STARTED\n',
    ))

  test('keeps its proxies, values and callbacks apart from those of the first', () =>
    says(
      `const ours = python.eval('lambda *a: a'), theirs = other.python.eval('lambda *a: a')
       const text = JSON.stringify([ours([1, { a: 'x' }]), theirs([2, { b: [3] }]), ours(1.5)])
       const one = python.builtins.object(), two = other.python.builtins.object()
       console.log(text, ours(one)[0] === one, theirs(two)[0] === two)
       const call = python.eval('lambda f: f()'), callOther = other.python.eval('lambda f: f()')
       console.log(call(() => callOther(() => call(() => 6 * 7))))`,
      '[[[1,{"a":"x"}]],[[2,{"b":[3]}]],[1.5]] true true\n42\n',
    ))

  test('throws errors of its own classes', () =>
    says(
      `const attempt = (body) => { try { body() } catch (error) { return error } }
       const ours = attempt(() => python.eval('1 / 0')), theirs = attempt(() => other.python.eval('1 / 0'))
       console.log(ours instanceof PythonError, ours instanceof other.PythonError)
       console.log(theirs instanceof PythonError, theirs instanceof other.PythonError)`,
      'true false\nfalse true\n',
    ))

  test('never mistakes a proxy of the first for a value: it is a reference to JavaScript', () =>
    says(
      `const type = other.python.eval('lambda value: type(value).__name__')
       console.log(type(python.builtins.object()), other.python.builtins.list(other.python.builtins.map(python.builtins.abs, [-1])))`,
      'JsProxy [ 1 ]\n',
    ))

  test('has one end with it', () =>
    says(
      `other.python.exec('import atexit; atexit.register(print, "atexit")'); python.eval('1')`,
      'atexit\n',
    ))
})

describe.each(nodes)('the addon in %s', (node) => {
  const load = `
    import { createRequire } from 'node:module'
    const require = createRequire(import.meta.url)
    const path = ${JSON.stringify(addon)}
    const opened = (exports) => {
      const binding = exports.open()
      return typeof binding.join()
    }`

  test.each([
    [
      'required again after its cache entry was deleted',
      `require(path); delete require.cache[require.resolve(path)]; console.log(opened(require(path)))`,
    ],
    [
      'opened twice by process.dlopen',
      `for (let i = 0; i < 2; i++) {
         const module = { exports: {} }
         process.dlopen(module, path)
         console.log(opened(module.exports))
       }`,
    ],
    [
      'opened a hundred times',
      `for (let i = 0; i < 100; i++) opened(require(path)); console.log('done')`,
    ],
  ])('%s joins the Python that runs', async (_, script) => {
    for (let i = 0; i < repeats; i++) {
      const ending = await runNode(
        `${load}; python.start(); ${script}; console.log(python.eval('6 * 7'))`,
        { node },
      )
      expect(ending).toMatchObject({ code: 0, signal: null, stderr: '' })
      expect(ending.stdout).toMatch(/^((object\n)+|done\n)42\n$/)
    }
  })

  test('a copy of the file is refused, typed: LIBRARY_CONFLICT', async () => {
    const copy = join(temporaryFolder(), 'copy.node')
    copyFileSync(addon, copy)
    const script = `${load}
      python.start()
      const module = { exports: {} }
      process.dlopen(module, ${JSON.stringify(copy)})
      const binding = module.exports.open()
      const { library, executable } = python.info
      let message = typeof binding.join()
      try {
        binding.start({ library, executable, package: ${JSON.stringify(join(root, 'python/pybridge'))}, layouts: true, story: '{}',
          here: true, signals: true, callbackTimeout: 5000, slowCall: 100, busyThreads: 4, maxThreads: 32 })
      } catch (error) { message += ' ' + error.message }
      console.log(message, python.eval('6 * 7'))`
    for (let i = 0; i < repeats; i++) {
      const { code, signal, stdout } = await runNode(script, { node })
      expect({ code, signal }).toEqual({ code: 0, signal: null })
      expect(stdout).toMatch(/^undefined .*LIBRARY_CONFLICT.* 42\n$/)
    }
  })

  test('in workers that load it and never use Python', async () => {
    const script = `
      import { isMainThread, Worker } from 'node:worker_threads'
      if (isMainThread) {
        for (let i = 0; i < 10; i++) {
          const worker = new Worker(new URL(import.meta.url))
          await new Promise((resolve) => worker.on('exit', resolve))
        }
        console.log(python.eval('6 * 7'))
      }`
    const ending = await runNode(script, { node })
    expect(ending).toMatchObject({ code: 0, signal: null, stdout: '42\n' })
  })

  test('loaded in a worker only, which then ends', async () => {
    const script = `// bare
      import { isMainThread, Worker } from 'node:worker_threads'
      if (isMainThread) {
        const worker = new Worker(new URL(import.meta.url))
        await new Promise((resolve) => worker.on('exit', resolve))
        console.log('alive')
      } else await import(${JSON.stringify(index)})`
    const ending = await runNode(script, { node })
    expect(ending).toMatchObject({ code: 0, signal: null, stdout: 'alive\n' })
  })
})

test('require works as well, and gives the same module', async () => {
  const script = `
    import { createRequire } from 'node:module'
    const required = createRequire(import.meta.url)(${JSON.stringify(index)})
    console.log(required.python === python, required.python.eval('6 * 7'))`
  expect(await runNode(script)).toMatchObject({ code: 0, stdout: 'true 42\n' })
})

test('a package without its addon says so, typed, and what to do', async () => {
  const folder = temporaryFolder()
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true })
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const script = `// bare
    const { python } = await import(${JSON.stringify(join(folder, 'dist/index.js'))})
    console.log(python.info.problem.code)
    try { python.eval('1') }
    catch (error) { console.log(error.name, error.code, /What to do: .*build/.test(error.message)) }`
  expect(await runNode(script)).toMatchObject({
    code: 0,
    stdout: 'ADDON_NOT_FOUND\nBridgeError ADDON_NOT_FOUND true\n',
  })
})
