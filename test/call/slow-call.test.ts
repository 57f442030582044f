// The warning of a sync call that holds an event loop which somebody waits for.
import { describe, expect, test } from 'vitest'
import { type RunOptions, runNode } from '../fixtures/run-node.js'
import { runtime } from '../fixtures/runtime.js'

interface Warning {
  name: string
  code: string
  message: string
  detail: string
}

/** The warnings of a script, in the order in which they came. */
async function warnings(body: string, options: RunOptions = {}): Promise<Warning[]> {
  const ending = await runNode(
    `const heard = []
    process.on('warning', ({ name, code, message, detail }) => heard.push({ name, code, message, detail }))
    process.on('exit', () => console.log(JSON.stringify(heard)))
    ${body}`,
    { flags: ['--no-warnings'], ...options },
  )
  expect(ending, ending.stderr).toMatchObject({ code: 0, signal: null, stderr: '' })
  return JSON.parse(ending.stdout.trim().split('\n').at(-1) as string)
}

/** Bun does not say what is open: it warns only where a limit is set. */
const isToldOfOpen = runtime !== 'bun'
const limit = isToldOfOpen ? '' : 'python.start({ slowCall: 100 })'

const waits = `
const sleep = python.import('time').sleep
const timer = setTimeout(() => {}, 60_000)
const end = () => clearTimeout(timer)
`
const begin = `${limit}\n${waits}`

describe('a slow call', () => {
  test('is warned of with its place, what to do, and a code', async () => {
    const heard = await warnings(`${begin}
function handler() { sleep(0.3) }
handler()
end()`)
    expect(heard).toHaveLength(1)
    const [{ name, code, message, detail }] = heard as [Warning]
    expect([name, code]).toEqual(['PybridgeWarning', 'PYBRIDGE_SLOW_CALL'])
    expect(message).toMatch(/^a call into Python held the event loop for more than \d+ ms$/)
    expect(Number(/\d+/.exec(message))).toBeGreaterThanOrEqual(100)
    expect(detail).toMatch(
      /^at handler \((file:)?.*script\.mjs:\d+:\d+\)\n.*fn\.async.*slowCall: 0/,
    )
  })

  test('is warned of once for each place', async () => {
    const heard = await warnings(`${begin}
const first = () => { sleep(0.15) }
for (let i = 0; i < 3; i++) first()
sleep(0.15)
end()`)
    expect(heard.map(({ detail }) => /^at (first )?/.exec(detail)?.[1])).toEqual([
      'first ',
      undefined,
    ])
  })

  test.each([
    ['a keyword call', `sleep(...[0.3])`],
    ['a callable with options', `withOptions(sleep, { returns: 'ref' })(0.3)`],
    [
      'an attribute',
      `python.exec('class A:\\n  @property\\n  def slow(self): time.sleep(0.3)'); python.eval('A()').slow`,
    ],
    ['python.eval', `python.eval('time.sleep(0.3)')`],
    ['a tag', `python\`time.sleep(0.3)\``],
    ['iteration', `for (const _ of python.eval('(time.sleep(0.3) for _ in [1])')) {}`],
    ['a callback', `python.eval('lambda f: f()')(() => sleep(0.3))`],
  ])('as %s has its place in the script', async (_, body) => {
    const heard = await warnings(`${begin}python.exec('import time')\n${body}\nend()`)
    expect(heard.length).toBeGreaterThan(0)
    for (const { detail } of heard) expect(detail.split('\n')[0]).toMatch(/script\.mjs:\d+:\d+/)
  })

  test('in a folder whose name needs escapes has its place as well', async () => {
    const heard = await warnings(
      `import { cpSync, mkdirSync } from 'node:fs'
const copied = new URL('a b/', import.meta.url)
const root = new URL('../', ${JSON.stringify(new URL('../../dist/', import.meta.url).href)})
mkdirSync(copied)
for (const name of ['dist', 'build/Release/pybridge.node', 'python', 'package.json']) {
  cpSync(new URL(name, root), new URL(name, copied), { recursive: true })
}
for (const name of ['node-gyp-build']) {
  cpSync(new URL('node_modules/' + name, root), new URL('node_modules/' + name, copied), { recursive: true, dereference: true })
}
const again = await import(new URL('dist/index.js', copied))
again.${limit || 'python.start()'}
const nap = again.python.import('time').sleep
const timer = setTimeout(() => {}, 60_000)
nap(0.3)
clearTimeout(timer)`,
    )
    expect(heard[0]?.detail).toMatch(/^at (.*\()?(file:)?.*script\.mjs:\d+:\d+/)
  })

  test('in a worker is warned of there', async () => {
    const heard = await warnings(`
import { isMainThread, Worker } from 'node:worker_threads'
if (isMainThread) {
  ${limit || 'python.start()'}
  new Worker(new URL(import.meta.url), { stdout: true }).stdout.pipe(process.stdout)
  process.removeAllListeners('exit')
} else {
  ${begin}
  sleep(0.3)
  end()
}`)
    expect(heard.map(({ code }) => code)).toEqual(['PYBRIDGE_SLOW_CALL'])
  })

  test('goes to stderr where nobody listens', async () => {
    const ending = await runNode(`${begin}sleep(0.3); end()`)
    expect(ending.stderr).toMatch(/\[PYBRIDGE_SLOW_CALL\] PybridgeWarning: a call into Python held/)
  })

  test('returns and throws as ever, whatever is done to stacks', async () => {
    const heard = await warnings(`${begin}
Error.prepareStackTrace = () => { throw new Error('mine') }
console.log(sleep(0.2))
Error.prepareStackTrace = (_, sites) => sites
python.exec('import time\\ndef fails():\\n  time.sleep(0.2)\\n  raise ValueError("v")')
try { python.eval('fails')() } catch (error) { console.log(error.type) }
end()`)
    expect(heard.length).toBeLessThanOrEqual(2)
  })
})

describe('no warning', () => {
  test.each([
    ['where nothing waits', `python.import('time').sleep(0.3)`],
    [
      'where a timer keeps nobody',
      `setTimeout(() => {}, 60_000).unref(); python.import('time').sleep(0.3)`,
    ],
    [
      'of an import',
      `${begin}python.exec('import sys, types, time\\nclass Finder:\\n  @staticmethod\\n  def find_spec(name, *rest):\\n    if name == "slow": time.sleep(0.3)\\nsys.meta_path.insert(0, Finder)')
try { python.import('slow') } catch {}
end()`,
    ],
    [
      'of many fast calls in a long loop',
      `${begin}const len = python.builtins.len
const until = performance.now() + 500
while (performance.now() < until) len('abc')
end()`,
    ],
    [
      'of a fast call with a slow callback',
      `${begin}const until = () => { const end = performance.now() + 300; while (performance.now() < end); }
python.eval('lambda f: f()')(until)
end()`,
    ],
    ['of a call on another thread', `${begin}await sleep.async(0.3); end()`],
    ['with slowCall: 0', `python.start({ slowCall: 0 })\n${waits}sleep(0.5); end()`],
    ['below another limit', `python.start({ slowCall: 2000 })\n${waits}sleep(0.3); end()`],
  ])('%s', async (_, body) => {
    expect(await warnings(body)).toEqual([])
  })

  test('but above another limit', async () => {
    const heard = await warnings(`python.start({ slowCall: 20 })\n${waits}sleep(0.08); end()`)
    expect(heard).toHaveLength(1)
  })

  test.each([
    [
      'a server',
      `import { createServer } from 'node:http'
${limit}
const server = createServer().listen(0, () => { python.import('time').sleep(0.3); server.close() })`,
    ],
    [
      'an interval',
      `${limit}
const timer = setInterval(() => {}, 1000); python.import('time').sleep(0.3); clearInterval(timer)`,
    ],
    [
      'a child',
      `import { spawn } from 'node:child_process'
${limit}
spawn('sleep', ['0.4'], { stdio: 'ignore' }); python.import('time').sleep(0.3)`,
    ],
  ])('but where %s waits', async (what, body) => {
    if (what === 'a child' && runtime === 'deno') return // Deno does not list it
    expect((await warnings(body)).map(({ code }) => code)).toEqual(['PYBRIDGE_SLOW_CALL'])
  })
})
