import process from 'node:process'
import { expect, test } from 'vitest'
import { python } from '../../lib/index.js'
import { collect } from '../fixtures/collect.js'
import { runNode } from '../fixtures/run-node.js'
import { runtime } from '../fixtures/runtime.js'
import { script } from '../fixtures/workers.js'

const repeat = python.eval('lambda text, times: text * times')
const long = 64 * 1024
/** Elsewhere, and where the layout of a str is not known, strings are copied. */
const isHeld =
  runtime === 'node' &&
  process.env.PYBRIDGE_LOOP !== 'fallback' &&
  python.info.internals?.layouts.text === true

test.each([long - 1, long, long + 1, 1 << 20, 1 << 26])(
  'a str of %i characters is the same text',
  (size) => {
    for (const character of ['x', '\0', 'é', '\xff', '☃']) {
      const text: string = repeat(character, size)
      expect(text.length).toBe(size)
      expect(text === character.repeat(size)).toBe(true)
    }
  },
)

test('it goes back, is cut, joined, and used as a key', () => {
  const text: string = repeat('ab', long)
  expect(python.eval('len')(text)).toBe(2 * long)
  expect(python.eval('lambda text: text == "ab" * 65536')(text)).toBe(true)
  expect(text.slice(1, 20)).toBe('ba'.repeat(10).slice(0, 19))
  expect(`${text}!`.endsWith('b!')).toBe(true)
  expect({ [text]: 1 }[text]).toBe(1)
  expect(python.eval('lambda key: {key: 1}')(text)).toEqual({ [text]: 1 })
})

test('the str is held for as long as the string lives, and given back after', async () => {
  python.exec('import sys; text = "held" * 100_000; alone = sys.getrefcount(text)')
  const count = python.eval('lambda: sys.getrefcount(text) - alone')
  let texts: string[] | null = Array.from({ length: 3 }, () => python.eval('text'))
  expect(count()).toBe(isHeld ? 3 : 0)
  python.exec('kept = text; del kept')
  expect(texts.every((text) => text === 'held'.repeat(100_000))).toBe(true)
  texts = null
  await collect()
  expect(count()).toBe(0)
})

test('Python drops it first: the string stays whole', async () => {
  const text: string = python.eval('"gone" * 50_000')
  await collect()
  python.exec('junk = ["x" * 200_000 for _ in range(100)]; del junk')
  expect(text === 'gone'.repeat(50_000)).toBe(true)
})

test('many that are dropped in one turn do not pile up', async () => {
  const ending = await runNode(`
    const fresh = python.eval('lambda n: chr(65 + n % 26) * (1 << 20)')
    const before = process.memoryUsage.rss()
    for (let i = 0; i < 1000; i++) fresh(i)
    console.log((process.memoryUsage.rss() - before) / 2 ** 20)`)
  expect(Number(ending.stdout), ending.stderr).toBeLessThan(300) // of 1,000 MiB
})

test('those of a worker that has ended are given back to another thread', async () => {
  const ending = await runNode(
    script(
      `python.exec('import sys; text = "worker" * 100_000; alone = sys.getrefcount(text)')
       for (let i = 0; i < 3; i++) await worker('hold').ended
       python.eval('"x" * 100_000')
       console.log(python.eval('sys.getrefcount(text) - alone'))`,
      { hold: `globalThis.held = python.eval('text'); send(held.length)` },
    ),
  )
  expect(ending).toMatchObject({ code: 0, stdout: '0\n' })
})
