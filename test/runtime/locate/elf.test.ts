import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fits } from '../../../lib/runtime/locate/architecture.js'
import { linksIn } from '../../../lib/runtime/locate/elf.js'
import { thisHost } from '../../../lib/runtime/locate/host.js'
import { withPage } from '../../../lib/runtime/locate/page.js'
import { type ElfFile, elfFile } from '../../fixtures/elf-file.js'
import { temporaryFolder, write } from '../../fixtures/python-tree.js'

const linked: ElfFile = {
  interpreter: '/lib/ld.so.1',
  needed: ['libpython3.97.so.1.0', 'libc.so.6'],
  runpath: '/a:$ORIGIN/../lib',
}
const read = (content: Buffer | string) =>
  withPage(write(join(temporaryFolder(), 'program'), content), linksIn)

test.each<[string, ElfFile]>([
  ['64 bits, little endian', { bits: 64, endianness: 'LE', machine: 62 }],
  ['64 bits, big endian', { bits: 64, endianness: 'BE', machine: 22 }],
  ['32 bits, little endian', { bits: 32, endianness: 'LE', machine: 40 }],
  ['32 bits, big endian', { bits: 32, endianness: 'BE', machine: 8 }],
])('%s: header, libraries and folders are read', (_, kind) => {
  expect(read(elfFile({ ...linked, ...kind }))).toEqual({
    header: kind,
    interpreter: '/lib/ld.so.1',
    needed: ['libpython3.97.so.1.0', 'libc.so.6'],
    runpath: ['/a', '$ORIGIN/../lib'],
  })
})

test.each([
  ['in the first page', 0],
  ['across its end', 3900],
  ['after it', 100_000],
])('strings are read %s', (_, padding) => {
  expect(read(elfFile({ ...linked, padding }))?.needed).toEqual(linked.needed)
})

test('a string may be longer than a page', () => {
  const needed = [`${'x'.repeat(6000)}.so`]
  expect(read(elfFile({ needed }))?.needed).toEqual(needed)
})

describe('the folders of the loader', () => {
  test('RPATH counts where there is no RUNPATH', () => {
    expect(read(elfFile({ rpath: '/old' }))?.runpath).toEqual(['/old'])
  })

  test('RUNPATH silences RPATH', () => {
    expect(read(elfFile({ rpath: '/old', runpath: '/new' }))?.runpath).toEqual(['/new'])
  })

  test('empty entries are dropped', () => {
    expect(read(elfFile({ runpath: ':/a::' }))?.runpath).toEqual(['/a'])
  })
})

test.each([
  ['empty', ''],
  ['a script', '#!/bin/sh\n'],
  ['a Windows program', 'MZ'.padEnd(200)],
  ['cut off in its magic', '\x7fELF'],
])('a file that is %s is no ELF', (_, content) => {
  expect(read(content)).toBeNull()
})

test.each([30, 64, 100, 200, 300])(
  'a file that ends after %i bytes is an error, not a guess',
  (length) => {
    const path = write(join(temporaryFolder(), 'program'), elfFile(linked))
    truncateSync(path, length)
    expect(() => withPage(path, linksIn)).toThrow(RangeError)
  },
)

test('damaged bytes end in an answer or an error, and never in a long read', () => {
  const sound = elfFile(linked)
  for (let at = 4; at < sound.length; at += 1) {
    const damaged = Buffer.from(sound)
    damaged[at] = 0xff
    const path = write(join(temporaryFolder(), 'program'), damaged)
    try {
      withPage(path, linksIn)
    } catch (error) {
      expect(error).toBeInstanceOf(Error)
    }
  }
})

test.skipIf(process.platform !== 'linux')('this Node is a program for itself', () => {
  const header = withPage(process.execPath, linksIn)?.header
  expect(header && fits(header, thisHost)).toBe(true)
})
