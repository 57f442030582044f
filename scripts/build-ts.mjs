// Compiles lib into dist: one module each for the package and its command, because fifty small ones take
// 30 ms to import, and a declaration file for each source. Removes what no longer has one.
import { chmodSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { files, isMain, root, runTsc, stale, stamp } from './command.mjs'

const inputs = () => ['tsconfig.json', 'tsconfig.build.json', ...files(['lib'])]

const bundleOf = (entry) => join(root, `dist/${entry}.js`)
const toml = 'dist/toml.cjs'

export const tsIsStale = () =>
  [...Object.keys(entries).map(bundleOf), join(root, toml)].some((file) => !existsSync(file)) ||
  stale('ts', inputs())

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

/** What is bundled, and how. */
const entries = {
  index: { plugins: [builtins], treeshake: { propertyReadSideEffects: false } },
  // Plain imports: it has to tell an old Node, which lacks process.getBuiltinModule, that it is old.
  cli: { external: /^node:/ },
}

async function bundle(entry) {
  // Loaded here: set-up asks for the age of dist before there are any packages.
  const { rolldown } = await import('rolldown')
  const build = await rolldown({
    input: join(root, `lib/${entry}.ts`),
    platform: 'node',
    tsconfig: join(root, 'tsconfig.build.json'),
    ...entries[entry],
  })
  await build.write({
    file: bundleOf(entry),
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
  for (const entry of Object.keys(entries)) await bundle(entry)
  chmodSync(bundleOf('cli'), 0o755)
  await bundleToml()
  for (const file of files(['dist'], (each) => each !== toml)) {
    const source = file.replace(/^dist/, 'lib').replace(/\.(d\.ts|js)(\.map)?$/, '.ts')
    const made = file.endsWith('.d.ts') || /^dist\/(index|cli)\.js(\.map)?$/.test(file)
    if (!made || !existsSync(join(root, source))) rmSync(join(root, file))
  }
  stamp('ts', made.join('\n'), since)
  return result
}

if (isMain(import.meta.url)) {
  const { code } = await buildTs()
  process.exitCode = code
}
