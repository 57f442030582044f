// The options of python.start: what each of them takes, and does.
import { describe, expect, test } from 'vitest'
import { python, type StartOptions } from '../../lib/index.js'
import { runNode } from '../fixtures/run-node.js'
import { refusal } from '../fixtures/thrown.js'

describe('is refused before anything starts', () => {
  test.each<[keyof StartOptions, string, unknown[]]>([
    ['python', 'a string', [5, null, {}, ['python3']]],
    ['venv', 'a string', [true, null, {}]],
    ['version', 'a string', [3.11, null, ['3.11']]],
    ['path', 'an array of strings', ['lib', [5], null, {}]],
    ['argv', 'an array of strings', ['-v', [null], 5]],
    ['signals', 'true or false', [0, 'true', null]],
    ['callbackTimeout', 'a number of milliseconds', [-1, Number.NaN, Infinity, '5', null, 5n]],
    ['slowCall', 'a number of milliseconds', [-1, Number.NaN, Infinity, '5', false, 2 ** 40]],
    [
      'threads',
      'an object with the whole numbers busy and max, from 1',
      [4, null, [], [2], { busy: 0 }, { max: 1.5 }, { busy: '2' }, { max: 2 ** 31 }, { min: 1 }],
    ],
    [
      'switchInterval',
      'a number of seconds, above 0',
      [0, -1, Number.NaN, Infinity, '0.005', null],
    ],
  ])('%s, where it is not %s', (name, what, values) => {
    for (const value of values) {
      const message = refusal('INVALID_ARGUMENT', () => python.start({ [name]: value }))
      expect(message).toContain(`python.start: ${name} is ${what}`)
    }
    expect(python.info.started).toBe(false)
  })

  test('an option that is not known, with those that are', () => {
    const message = refusal('INVALID_ARGUMENT', () => python.start({ interval: 5 } as never))
    expect(message).toContain('python.start has no option interval')
    for (const name of ['callbackTimeout', 'slowCall', 'switchInterval', 'threads', 'signals'])
      expect(message).toContain(name)
  })

  test.each([null, 5, 'python3', true])('%s in place of the options', (options) => {
    refusal('INVALID_ARGUMENT', () => python.start(options as never))
  })
})

/** What a script says when Python was started with these options. */
async function started(options: string, script: string): Promise<string> {
  const ending = await runNode(`python.start(${options})\n${script}`)
  expect(ending, ending.stderr).toMatchObject({ code: 0, signal: null, stderr: '' })
  return ending.stdout.trim()
}

describe('does what it says', () => {
  test.each([
    ['{ switchInterval: 0.001 }', '0.001'],
    ['{ switchInterval: 2 }', '2'],
    ['{ switchInterval: undefined }', '0.005'],
    ['{}', '0.005'],
  ])('switchInterval: %s', async (options, interval) => {
    const script = `console.log(Number(python.import('sys').getswitchinterval().toFixed(6)))`
    expect(await started(options, script)).toBe(interval)
  })

  test('callbackTimeout: a blocked thread is given up after it', async () => {
    const script = `
      import { isMainThread, Worker } from 'node:worker_threads'
      python.exec(\`
import threading
def ask(f, codes):
    def run():
        try: f()
        except BaseException as error: codes.append(error.code)
    thread = threading.Thread(target=run)
    thread.start()
    return thread
\`)
      const codes = python.ref([])
      const asking = python.eval('ask')(() => 1, codes)
      const begin = performance.now()
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 800)
      asking.join()
      console.log(...python.copy(codes))`
    expect(await started('{ callbackTimeout: 150 }', script)).toBe('WOULD_BLOCK')
    expect(await started('{ callbackTimeout: 60000 }', script)).toBe('')
  })

  test('version: the Python is of it, or the start is refused', async () => {
    expect(await started("{ version: '>=3.8' }", 'console.log(python.info.started)')).toBe('true')
    const ending = await runNode(`
      try { python.start({ version: '>=4' }) } catch ({ code, message }) { console.log(code, message) }
      try { python.start({ version: 'new' }) } catch ({ code }) { console.log(code) }`)
    expect(ending.stdout).toMatch(/^WRONG_VERSION .* the version asked for is >=4/)
    expect(ending.stdout).toContain('INVALID_ARGUMENT')
  })

  test('the same choice again does nothing, another is refused', async () => {
    const script = `
      python.start({ threads: { busy: 2 }, slowCall: 0 })
      python.start()
      try { python.start({ slowCall: 5 }) } catch (error) { console.log(error.code) }`
    expect(await started('{ threads: { busy: 2 }, slowCall: 0 }', script)).toBe('ALREADY_STARTED')
  })
})
