import { beforeAll, expect, test } from 'vitest'
import { scratch, Tag } from '../../lib/convert/tape.js'
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
