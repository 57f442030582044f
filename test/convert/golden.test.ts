// The bytes of a tape are fixed: what one version writes, another one reads. docs/tape.md shows them.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { encodeArguments } from '../../lib/call/arguments.js'
import { unroll } from '../../lib/convert/decode.js'
import { encode } from '../../lib/convert/encode.js'
import { handleOf } from '../../lib/convert/references.js'
import { type ConversionMode, type Returns, rulesOf } from '../../lib/convert/rules.js'
import { Tag } from '../../lib/convert/tape.js'
import { type PyProxy, python } from '../../lib/index.js'
import { binding } from '../../lib/runtime/binding.js'
import { arriving, departing } from '../fixtures/golden-values.js'
import { code, expectPageToHave, table } from '../fixtures/page.js'
import {
  captureArriving,
  captureDeparting,
  hex,
  nameOfLane,
  Renumbering,
  type Tape,
  TapeText,
  unitsOf,
} from '../fixtures/tape-text.js'

interface Golden {
  value: string
  mode?: string
  flags: number
  reads: string
  words: string
  numbers?: string
  units?: string
  text?: string
  wideText?: string
  lanes?: string
}

const fixture = fileURLToPath(new URL('../fixtures/golden-tapes.json', import.meta.url))
const shown: { toPython: Golden[]; toJavaScript: Golden[] } = { toPython: [], toJavaScript: [] }
const tags = { toPython: new Set<string>(), toJavaScript: new Set<string>() }

// Without layouts Python writes no short strings and shapes: other tapes that mean the same.
const hasLayouts = process.env.PYBRIDGE_LAYOUTS !== 'off'

beforeAll(() => {
  python.exec('import datetime\nfrom pybridge import BigInt, Map, Set, undefined')
  python.exec('known = "known to both".lower()')
  // The third time that it crosses, JavaScript has it.
  for (let i = 0; i < 3; i++) python.eval('[known]')

  const leaving = new Renumbering()
  for (const given of departing) {
    const [source, mode] = typeof given === 'string' ? [given, 'auto' as const] : given
    add('toPython', source, mode, captureFromJavaScript(source, mode), leaving)
  }
  const coming = new Renumbering()
  for (const given of arriving) {
    const [source, mode] = typeof given === 'string' ? [given, 'auto' as const] : given
    add('toJavaScript', source, mode, captureFromPython(source, mode), coming)
  }
})

function captureFromJavaScript(source: string, mode: ConversionMode): Tape {
  const value: unknown = new Function('python', `return ${source}`)(python)
  return captureDeparting(encode(value, 'the value', mode))
}

/** What native code wrote, before anything has read it. */
function captureFromPython(source: string, mode: Returns): Tape {
  const handle = handleOf(python.eval(`lambda: ${source}`) as PyProxy)
  if (handle === undefined) throw new Error('a lambda is a reference')
  const lanes = encodeArguments([], 'auto')
  expect(binding.callByTape(handle.id, lanes, rulesOf(mode))).toBeUndefined()
  const tape = captureArriving()
  unroll()
  return tape
}

function add(
  way: 'toPython' | 'toJavaScript',
  value: string,
  mode: string,
  tape: Tape,
  renumbering: Renumbering,
): void {
  const { reading, tags: found } = new TapeText(tape, renumbering)
  for (const tag of found) tags[way].add(tag)
  const golden: Golden = {
    value,
    flags: tape.flags,
    reads: reading,
    words: hex(Int32Array.from(tape.words)),
  }
  if (mode !== 'auto') golden.mode = mode
  if (tape.numbers.length > 0) golden.numbers = hex(Float64Array.from(tape.numbers))
  if (way === 'toPython' && tape.text !== '') golden.units = hex(unitsOf(tape.text))
  if (way === 'toJavaScript' && tape.text !== '') {
    golden.text = hex(Buffer.from(tape.text, 'latin1'))
  }
  if (tape.wideText !== '') golden.wideText = hex(unitsOf(tape.wideText))
  if (tape.lanes.length > 0) golden.lanes = tape.lanes.map(nameOfLane).join(', ')
  shown[way].push(golden)
}

test.skipIf(!hasLayouts)('the tapes of these values have these bytes', async () => {
  await expect(`${JSON.stringify(shown, null, 2)}\n`).toMatchFileSnapshot(fixture)
})

test.skipIf(!hasLayouts)('every tag is among them, but for those that nobody writes today', () => {
  const written = new Set([...tags.toPython, ...tags.toJavaScript])
  expect(Object.keys(Tag).filter((tag) => !written.has(tag))).toEqual(['int64s'])
})

test.skipIf(!hasLayouts)('docs/tape.md shows them, and has every tag with its number', async () => {
  await expectPageToHave('docs/tape.md', {
    'golden tapes to Python': rows(shown.toPython),
    'golden tapes to JavaScript': rows(shown.toJavaScript),
  })
  const page = readFileSync(new URL('../../docs/tape.md', import.meta.url), 'utf8')
  const documented = [...page.matchAll(/^\| (\d+) \| `(\w+)` \|/gm)].map(([, n, name]) => [name, n])
  expect(documented).toEqual(Object.entries(Tag).map(([name, tag]) => [name, String(tag)]))
})

function rows(goldens: readonly Golden[]): string {
  return table(
    ['value', 'reads', 'words', 'beside them'],
    goldens.map((golden) => [
      code(golden.value) + (golden.mode === undefined ? '' : `, mode \`${golden.mode}\``),
      code(golden.reads),
      code(golden.words),
      beside(golden),
    ]),
  )
}

function beside({ flags, numbers, units, text, wideText, lanes }: Golden): string {
  const parts: [string, string | undefined][] = [
    ['numbers', numbers],
    ['units', units],
    ['text', text],
    ['wide text', wideText],
  ]
  const shownParts = parts.filter(([, bytes]) => bytes !== undefined)
  const cells = shownParts.map(([name, bytes]) => `${name} ${code(bytes as string)}`)
  if (lanes !== undefined) cells.push(`lanes: ${lanes}`)
  if (flags !== 0) cells.push(`flags ${flags}`)
  return cells.join('; ')
}
