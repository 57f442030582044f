import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, test } from 'vitest'
import { readVersions } from '../../../lib/runtime/locate/elf-versions.js'
import { elfFile } from '../../fixtures/elf-file.js'
import { temporaryFolder, write } from '../../fixtures/python-tree.js'
import { skipLoudly } from '../../fixtures/pythons.js'

const hasReadelf = spawnSync('readelf', ['--version']).status === 0
if (!hasReadelf) skipLoudly('symbol versions against readelf', 'there is no readelf')

const loaded = (process.report.getReport() as { sharedObjects: string[] }).sharedObjects
const libraries = loaded.filter((path) => /lib(stdc\+\+|c|m|gcc_s)\.so/.test(path))

/** Section by section: what is offered, and what is wanted. */
function asReadelfSays(path: string) {
  const { stdout } = spawnSync('readelf', ['-VW', path], { encoding: 'utf8', maxBuffer: 2 ** 26 })
  const [, defined = ''] =
    /^Version definition section([\s\S]*?)(^Version|(?![\s\S]))/m.exec(stdout) ?? []
  const [, needed = ''] =
    /^Version needs section([\s\S]*?)(^Version|(?![\s\S]))/m.exec(stdout) ?? []
  const names = (text: string) => [...text.matchAll(/Name: (\S+)/g)].map(([, name]) => name)
  return {
    // A parent of a version stands on a line of its own.
    defined: names(defined.replace(/^.*Parent.*$/gm, '')),
    needed: names(needed),
  }
}

describe.runIf(hasReadelf && process.platform === 'linux')('the symbol versions of', () => {
  test.each([process.execPath, ...libraries])('%s are those that readelf prints', (path) => {
    const versions = readVersions(path)
    const expected = asReadelfSays(path)
    expect(versions?.defined).toEqual(expected.defined)
    expect(versions?.needed.flatMap((each) => each.versions)).toEqual(expected.needed)
    expect(expected.defined.length + expected.needed.length).toBeGreaterThan(0)
  })
})

test('a file without versions has none, and what is not ELF has no answer', () => {
  const folder = temporaryFolder()
  const plain = write(join(folder, 'plain'), elfFile({ needed: ['libc.so.6'] }))
  expect(readVersions(plain)).toEqual({ defined: [], needed: [] })
  expect(readVersions(write(join(folder, 'text'), 'hello'))).toBeNull()
})
