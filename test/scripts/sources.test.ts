import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../fixtures/run-node.js'

const { sources } = (await import(join(root, 'scripts/sources.mjs'))) as {
  sources: (platform: string) => string[]
}

const native = join(root, 'native')
const all = readdirSync(native, { recursive: true, encoding: 'utf8' })

test.each([
  ['linux', ['_linux', '_posix']],
  ['mac', ['_mac', '_posix', '_mac_windows']],
  ['win', ['_windows', '_mac_windows']],
])('%s has its own files of each seam, and no others', (platform, endings) => {
  const special = sources(platform).filter((file) => /_(linux|mac|windows|posix)\.cpp$/.test(file))
  for (const file of special) {
    expect(
      endings.some((ending) => file.endsWith(`${ending}.cpp`)),
      file,
    ).toBe(true)
  }
})

test.each(['linux', 'mac', 'win'])('on %s every header of a seam has a file', (platform) => {
  const here = sources(platform)
  const stems = all
    .filter((file) => /_(linux|mac|windows|posix)\.cpp$/.test(file))
    .map((file) => `native/${file.replace(/(_(linux|mac|windows|posix))+\.cpp$/, '')}`)
  for (const stem of new Set(stems)) {
    expect(
      here.filter((file) => file.startsWith(`${stem}_`)),
      stem,
    ).not.toEqual([])
  }
})

test('every source is for some platform', () => {
  const known = new Set(['linux', 'mac', 'win'].flatMap(sources))
  const wanted = all.filter((file) => file.endsWith('.cpp')).map((file) => `native/${file}`)
  expect(wanted.filter((file) => !known.has(file))).toEqual([])
})

test('what a platform has in its own files is asked for nowhere else', () => {
  const asks = /#\s*(?:if|ifdef|elif).*(?:__linux__|__APPLE__|_WIN32|_MSC_VER|__MINGW)/
  const asking = all.filter(
    (file) => /\.(cpp|h)$/.test(file) && asks.test(readFileSync(join(native, file), 'utf8')),
  )
  expect(asking).toEqual([])
})

test('without a name it is this platform; an unknown one is refused', () => {
  const script = join(root, 'scripts/sources.mjs')
  const list = (...args: string[]) =>
    spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' })
  expect(list().stdout.trim().split('\n')).toEqual(sources(process.platform))
  expect(list('amiga').status).toBe(1)
  expect(list('amiga').stderr).toContain('not made for amiga')
})
