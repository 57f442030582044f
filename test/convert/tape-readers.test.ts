// What a reader must accept, also where no writer makes it today: docs/tape.md, "Rules".
import { beforeAll, expect, test } from 'vitest'
import { unroll } from '../../lib/convert/decode.js'
import { Bit, Flag, Head, header, mailbox, scratch, Tag } from '../../lib/convert/tape.js'
import { python } from '../../lib/index.js'
import { binding } from '../../lib/runtime/binding.js'
import { refusal } from '../fixtures/thrown.js'

const float = (number: number) => new BigInt64Array(new Float64Array([number]).buffer)[0] as bigint

/** Lays a tape by hand: numbers are given by their bits. */
function write(words: number[], numbers: bigint[] = [], text = ''): void {
  scratch.words.set(words, header)
  scratch.longs.set(numbers)
  scratch.units.set([...text].map((unit) => unit.charCodeAt(0)))
  mailbox[0] = text
  scratch.words[Head.words] = header + words.length
  scratch.words[Head.numbers] = numbers.length
  scratch.words[Head.units] = text.length
  scratch.words[Head.flags] = text === '' ? 0 : Flag.mail
}

let repr: (value: unknown) => string
beforeAll(() => {
  repr = python.eval('repr')
})

test.each<[string, number[], bigint[], string, unknown, string]>([
  ['a run of integers', [Tag.list, 2, Tag.integers, 2, 7, -8], [], '', [7, -8], '[7, -8]'],
  ['of floats', [Tag.list, 1, Tag.floats, 1], [float(0.5)], '', [0.5], '[0.5]'],
  ['of wholes', [Tag.list, 1, Tag.wholes, 1], [float(1)], '', [1], '[1.0]'],
  ['of numbers', [Tag.list, 2, Tag.numbers, 2], [float(1), float(-0)], '', [1, -0], '[1, -0.0]'],
  ['of int64s', [Tag.list, 1, Tag.int64s, 1], [-1n], '', [-1n], '[-1]'],
  ['of texts', [Tag.list, 2, Tag.texts, 2, 0, 2], [], 'ab', ['', 'ab'], "['', 'ab']"],
  ['an empty run', [Tag.list, 1, Tag.integers, 0, Tag.no], [], '', [false], '[False]'],
  ['runs in a set', [Tag.set, 2, Tag.integers, 1, 1, Tag.integers, 1, 2], [], '', 2, '{1, 2}'],
  ['runs in a tuple', [Tag.tuple, 1, Tag.int64s, 1], [2n], '', [2n], '(2,)'],
  ['a small int as wide', [Tag.list, 1, Tag.wide], [float(3)], '', [3], '[3]'],
  ['a small int as int64', [Tag.list, 1, Tag.int64], [3n], '', [3n], '[3]'],
  ['a whole float', [Tag.list | Bit.wholes, 1, Tag.whole], [float(3)], '', [3], '[3.0]'],
  ['any float as floating', [Tag.list, 1, Tag.floating], [float(3)], '', [3], '[3.0]'],
  ['bits without a use', [Tag.list | 0x700, 1, Tag.no], [], '', [false], '[False]'],
])('%s', (_, words, numbers, text, inJavaScript, inPython) => {
  write(words, numbers, text)
  const value = unroll()
  if (value instanceof Set) expect(value.size).toBe(inJavaScript)
  else expect(value).toEqual(inJavaScript)

  write(words, numbers, text)
  expect(repr(binding.reference(undefined))).toBe(inPython)
})

test.each([23, 30, 31, 41, 255])('the tag %i, which is free, is refused by both', (tag) => {
  write([Tag.list, 1, tag, 1, Tag.none])
  expect(refusal('CONVERSION', () => unroll())).toContain(`a tape has the tag ${tag}`)
  write([Tag.list, 1, tag, 1, Tag.none])
  expect(refusal('CONVERSION', () => binding.reference(undefined))).toContain(`the tag ${tag}`)
})
