import { beforeAll, expect, test } from 'vitest'
import { unroll } from '../../lib/convert/decode.js'
import { Flag, Head, header, scratch, Tag } from '../../lib/convert/tape.js'
import { python } from '../../lib/index.js'
import { binding, openBinding } from '../../lib/runtime/binding.js'

beforeAll(openBinding)

test('both sides have the same tags', () => {
  expect(binding.lists.tags).toEqual(Tag)
})

test('a large value makes the tape grow, and its memory is given back', () => {
  const before = [scratch.words.length, scratch.numbers.length]
  const items = Array.from({ length: 1_000_000 }, (_, i) => i + 0.5)
  expect(python.eval('sum')(items)).toBe(500_000_000_000)
  expect(python.eval('[n + 0.5 for n in range(1_000_000)]')).toEqual(items)
  expect([scratch.words.length, scratch.numbers.length]).toEqual(before)
})

/** A tape as if native code had written it. */
function lay(words: readonly number[], flags = 0): void {
  python.eval('1')
  scratch.words.set(words, header)
  scratch.words[Head.words] = header + words.length
  scratch.words[Head.flags] = flags
}

test.each([
  ['a scalar', [23], 0],
  ['a run', [Tag.list, 1, 30, 1], 0],
  ['a container', [41, 1, Tag.none], 0],
  ['a container within another', [Tag.list, 1, 41, 1, Tag.none], 0],
  ['a container of a deep tape', [Tag.list, 1, 41, 1, Tag.none], Flag.deep],
])('%s of a later version is refused', (_, words, flags) => {
  lay(words, flags)
  expect(() => unroll()).toThrow('which this version lacks')
  expect(python.eval('[1]')).toEqual([1])
})

test('a tape that goes back to nothing is refused', () => {
  lay([Tag.back, 7])
  expect(() => unroll()).toThrow('where nothing is')
})
