// Compiles lib into dist: one module, because fifty small ones take 30 ms to import, and a declaration
// file for each source. Removes what no longer has one.
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { files, isMain, root, runTsc, stale, stamp } from './command.mjs'

const inputs = () => ['tsconfig.json', 'tsconfig.build.json', ...files(['lib'])]

const toml = 'dist/toml.cjs'

export const tsIsStale = () =>
  ['dist/index.js', toml].some((file) => !existsSync(join(root, file))) || stale('ts', inputs())

/**
 * Imports of Node's own modules become look-ups. An import statement makes all exports of a module at
 * once, with what is behind them: 5 ms for `node:process`, which opens its streams, 2 ms for `node:fs`.
 */
const builtins = {
  name: 'builtins',
  resolveId: (id) => (id.startsWith('node:') ? `\0${id}` : null),
  load(id) {
    if (!id.startsWith('\0node:')) return null
    const name = id.slice(1)
    const exported = Object.keys(process.getBuiltinModule(name)).filter((key) => key !== 'default')
    return [
      `const builtin = process.getBuiltinModule('${name}')`,
      'export default builtin',
      ...exported.map((key) => `export const ${key} = builtin.${key}`),
    ].join('\n')
  },
}

async function bundle() {
  // Loaded here: set-up asks for the age of dist before there are any packages.
  const { rolldown } = await import('rolldown')
  const build = await rolldown({
    input: join(root, 'lib/index.ts'),
    platform: 'node',
    plugins: [builtins],
    treeshake: { propertyReadSideEffects: false },
    tsconfig: join(root, 'tsconfig.build.json'),
  })
  await build.write({
    file: join(root, 'dist/index.js'),
    format: 'esm',
    sourcemap: true,
    codeSplitting: false,
  })
  await build.close()
}

/** The parser of TOML: loaded where there is a file to parse, with `require`, which does not wait. */
async function bundleToml() {
  const { rolldown } = await import('rolldown')
  const build = await rolldown({ input: 'smol-toml', cwd: root, platform: 'node' })
  await build.write({ file: join(root, toml), format: 'cjs', exports: 'named' })
  await build.close()
}

export async function buildTs({ show = true } = {}) {
  const since = Date.now()
  const made = inputs()
  const result = await runTsc(['-p', 'tsconfig.build.json'], { show })
  if (result.code !== 0) return result
  await bundle()
  await bundleToml()
  for (const file of files(['dist'], (each) => each !== toml)) {
    const source = file.replace(/^dist/, 'lib').replace(/\.(d\.ts|js)(\.map)?$/, '.ts')
    const made = file.endsWith('.d.ts') || /^dist\/index\.js(\.map)?$/.test(file)
    if (!made || !existsSync(join(root, source))) rmSync(join(root, file))
  }
  stamp('ts', made.join('\n'), since)
  return result
}

if (isMain(import.meta.url)) {
  const { code } = await buildTs()
  process.exitCode = code
}
