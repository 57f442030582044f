import { beforeAll, expect, test } from 'vitest'
import { scratch, Tag } from '../../lib/convert/tape.js'
import { python } from '../../lib/index.js'
import { binding, openBinding } from '../../lib/runtime/binding.js'
import { runtime } from '../fixtures/runtime.js'

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

test('more text than fits one string is refused, not cut', () => {
  // V8's strings end at 2**29, JavaScriptCore's at 2**31.
  const parts = Array.from({ length: 600_000 }, () => 'x'.repeat(999))
  if (runtime === 'bun') expect(python.eval('len')(parts)).toBe(600_000)
  else expect(() => python.eval('len')(parts)).toThrow()
  expect(python.eval('len')(['x'])).toBe(1)
})
