// What docs/doctor.md says of the C++ library, tried with the real loader.
import { describe, expect, test } from 'vitest'
import { hasCompiler } from '../fixtures/compile.js'
import { loadedCppLibrary, newerCppLibrary } from '../fixtures/cpp-library.js'
import { MinimalRoot, noRoot } from '../fixtures/minimal-root.js'
import { temporaryFolder } from '../fixtures/python-tree.js'
import { skipLoudly } from '../fixtures/pythons.js'

const unless =
  noRoot ??
  (hasCompiler ? null : 'there is no g++') ??
  (loadedCppLibrary() === undefined ? 'this Node has no C++ library of the system' : null)
if (unless !== null) skipLoudly('a newer C++ library', unless)

const EXTENSION = '/opt/conda/lib/fast.so'
const OWN = '/opt/conda/lib/libstdc++.so.6'
const OPEN = `python.eval('__import__("ctypes").CDLL("${EXTENSION}").answer()')`

/** Opens the extension in a fresh process, after something else; tells the answer or the refusal. */
function opened(before = '', env: Record<string, string> = {}): string {
  const root = new MinimalRoot(temporaryFolder())
  root.python('usr')
  newerCppLibrary(root, 'opt/conda', EXTENSION.slice(1))
  root.write(
    'app/program.mjs',
    `import { python } from 'pybridge'
     ${before}
     try { console.log(${OPEN}) } catch (error) { console.log(error.message) }`,
  )
  // Within the root: the programs that enter it find no such library.
  root.write(
    'app/start.mjs',
    `import { spawnSync } from 'node:child_process'
     const env = { ...process.env, ...${JSON.stringify(env)} }
     spawnSync(process.execPath, ['/app/program.mjs'], { env, stdio: 'inherit' })`,
  )
  const { code, stderr, stdout } = root.node(['/app/start.mjs'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.trim()
}

describe.runIf(unless === null)('an extension that wants a newer C++ library than Node has', () => {
  test('is refused by the loader', () => {
    expect(opened()).toContain("version `GLIBCXX_3.4.99' not found")
  })

  test('is refused also after the newer one was opened by its path: the first of a name serves', () => {
    const before = `const { RTLD_GLOBAL } = python.import('os')
      python.import('ctypes').CDLL('${OWN}', RTLD_GLOBAL)`
    expect(opened(before)).toContain("version `GLIBCXX_3.4.99' not found")
  })

  test.each([
    ['LD_PRELOAD', { LD_PRELOAD: OWN }],
    ['LD_LIBRARY_PATH', { LD_LIBRARY_PATH: '/opt/conda/lib' }],
  ])('works where %s brings the newer one before Node', (_, env) => {
    expect(opened('', env)).toBe('42')
  })
})
