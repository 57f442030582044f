import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, test } from 'vitest'
import { libcOf, ownLibc } from '../../../lib/runtime/locate/libc.js'
import { readProgram } from '../../../lib/runtime/locate/program.js'
import { elfFile } from '../../fixtures/elf-file.js'
import { MadeUpSystem } from '../../fixtures/made-up-system.js'
import { python, temporaryFolder, write } from '../../fixtures/python-tree.js'
import { skipLoudly } from '../../fixtures/pythons.js'

test.each([
  ['/lib64/ld-linux-x86-64.so.2', ['libc.so.6'], 'glibc'],
  ['/lib/ld-linux-aarch64.so.1', [], 'glibc'],
  ['/lib/ld64.so.1', [], 'glibc'],
  ['/nix/store/x-glibc-2.39/lib/ld-linux-x86-64.so.2', [], 'glibc'],
  ['/lib/ld-musl-x86_64.so.1', ['libc.musl-x86_64.so.1'], 'musl'],
  [null, ['libm.so.6', 'libc.so.6'], 'glibc'],
  [null, ['libc.musl-aarch64.so.1'], 'musl'],
  [null, ['libc.so'], 'musl'],
  [null, ['libm.so.6'], null],
  [null, [], null],
])('the loader %s and the libraries %j mean %s', (interpreter, needed, expected) => {
  expect(libcOf({ interpreter, needed })).toBe(expected)
})

test.runIf(process.platform === 'linux')('that of this Node is what its report says', () => {
  const { header } = process.report.getReport() as { header: object }
  expect(ownLibc()).toBe('glibcVersionRuntime' in header ? 'glibc' : 'musl')
})

describe('WRONG_LIBC', () => {
  const musl = { interpreter: '/lib/ld-musl-x86_64.so.1', needed: ['libc.musl-x86_64.so.1'] }

  test('a Python of musl is refused in a Node of glibc', () => {
    const system = new MadeUpSystem()
    const executable = python(system.at('opt/py'), { executableFile: musl })
    const { code, message } = system.refusal({ python: executable })
    expect(code).toBe('WRONG_LIBC')
    expect(message).toContain(`${executable}.97 is linked with musl, and this Node with glibc`)
  })

  test('a Python of glibc is refused in a Node of musl', () => {
    const system = new MadeUpSystem()
    const executable = python(system.at('opt/py'))
    expect(system.refusal({ python: executable }, { libc: 'musl' })).toMatchObject({
      code: 'WRONG_LIBC',
      message: expect.stringContaining('is linked with glibc, and this Node with musl'),
    })
  })

  test('a Python of musl is taken in a Node of musl', () => {
    const system = new MadeUpSystem()
    const needed = ['libpython3.97.so.1.0', 'libc.musl-x86_64.so.1']
    const executable = python(system.at('opt/py'), { executableFile: { ...musl, needed } })
    expect(system.locate({ python: executable }, { libc: 'musl' })).toMatchObject({ executable })
  })

  test('a library of the other kind is passed over, and told where there is no better one', () => {
    const system = new MadeUpSystem()
    const executable = python(system.at('opt/py'), { libraryFile: { needed: ['libc.so'] } })
    const refusal = system.refusal({ python: executable })
    expect(refusal.code).toBe('WRONG_LIBC')
    expect(refusal.message).toContain('libpython3.97.so.1.0 is linked with musl')
    const env = { LD_LIBRARY_PATH: system.at('other') }
    write(system.at('other/libpython3.97.so.1.0'), elfFile())
    expect(system.locate({ python: executable, env }).library).toBe(
      system.at('other/libpython3.97.so.1.0'),
    )
  })

  test('on a PATH that has both, the one that fits is taken', () => {
    const system = new MadeUpSystem()
    python(system.at('one'), { executableFile: musl })
    const executable = python(system.at('two'))
    const env = { PATH: [system.at('one/bin'), system.at('two/bin')].join(':') }
    expect(system.locate({ env })).toMatchObject({ executable })
    expect(system.steps.find(({ outcome }) => outcome === 'rejected')?.detail).toContain('musl')
  })
})

const hasMusl = spawnSync('musl-gcc', ['--version']).status === 0
if (!hasMusl) skipLoudly('programs of a musl compiler', 'there is no musl-gcc')

test.runIf(hasMusl)('programs of a musl compiler are told', () => {
  const folder = temporaryFolder()
  const source = write(join(folder, 'program.c'), 'int main(void) { return 0; }')
  const program = join(folder, 'program')
  const { status, stderr } = spawnSync('musl-gcc', ['-o', program, source], { encoding: 'utf8' })
  expect(status, stderr).toBe(0)
  const { links } = readProgram(program)
  expect(links && libcOf(links)).toBe('musl')
})
