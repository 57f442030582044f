// One list of codes, in three places.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { catalogue } from '../../lib/errors/catalogue.js'
import { BridgeError, type ErrorCode } from '../../lib/index.js'
import { binding, openBinding } from '../../lib/runtime/binding.js'

openBinding()
const codes = Object.keys(catalogue) as ErrorCode[]

test('native code, TypeScript and the documentation list the same codes', () => {
  const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')
  const headings = [...page.matchAll(/^## (\S+)$/gm)].map(([, heading]) => heading)
  expect(Object.keys(binding.lists.codes).sort()).toEqual([...codes].sort())
  expect(headings.sort()).toEqual([...codes].sort())
})

test.each(codes)('%s says the same on both sides', (code) => {
  expect(new BridgeError(code).message).toBe(binding.lists.codes[code])
})

test.each(codes)('%s has a message with its code and an advice', (code) => {
  const cause = new Error('why')
  const error = new BridgeError(code, 'the detail', { cause })
  expect(error.message).toMatch(new RegExp(`: the detail. What to do: .+ \\[${code}\\]$`))
  expect(error).toMatchObject({ code, name: 'BridgeError', cause })
  expect(new BridgeError(code, 'x', { advice: 'do this' }).message).toContain(
    'What to do: do this [',
  )
})
