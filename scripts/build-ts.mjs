// Compiles lib into dist: one module each for the package and its command, because fifty small ones take
// 30 ms to import, and a declaration file for each source. Removes what no longer has one.
import { chmodSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { files, isMain, root, runTsc, stale, stamp } from './command.mjs'

const inputs = () => ['tsconfig.json', 'tsconfig.build.json', ...files(['lib'])]

const bundleOf = (entry) => join(root, `dist/${entry}.js`)
const toml = 'dist/toml.cjs'

export const tsIsStale = () =>
  [...Object.keys(entries).map(bundleOf), join(root, finding), join(root, toml)].some(
    (file) => !existsSync(file),
  ) || stale('ts', inputs())

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

/**
 * Finding Python and building environments, two thirds of the code, are loaded by the first start: a
 * file of its own, which `require` loads without waiting. It takes from the package what both have.
 */
const finding = 'dist/finding.cjs'
const found = ['runtime/locate/index.ts', 'runtime/env/index.ts']
const shared = {
  'errors/bridge-error.ts': ['BridgeError'],
  'runtime/start.ts': ['isStartedWith', 'startLocated'],
}
const inLib = (file) => join(root, 'lib', file)

/** For the package: modules of `finding` are functions that load it. */
const later = {
  name: 'later',
  load(id) {
    if (!found.some((file) => id === inLib(file))) return null
    const names = exportsOf(id)
    const imports = Object.entries(shared).map(
      ([file, shares]) => `import { ${shares.join(', ')} } from '${inLib(file)}'`,
    )
    return {
      code: [
        ...imports,
        `const core = () => ({ ${Object.values(shared).flat().join(', ')} })`,
        `const load = () => process.getBuiltinModule('node:module').createRequire(import.meta.url)('./finding.cjs')(core)`,
        ...names.map((name) => `export const ${name} = (...args) => load().${name}(...args)`),
      ].join('\n'),
      moduleType: 'js',
    }
  },
}

/** The functions that a module exports. */
function exportsOf(file) {
  const source = readFileSync(file, 'utf8')
  return [...source.matchAll(/^export (?:async )?function (\w+)/gm)].map(([, name]) => name)
}

/** For `finding`: what it shares with the package is handed to it. */
const handed = {
  name: 'handed',
  load(id) {
    const names = Object.entries(shared).find(([file]) => id === inLib(file))?.[1]
    if (names === undefined) return null
    return { code: `export const { ${names.join(', ')} } = core()`, moduleType: 'js' }
  },
}

async function bundleFinding() {
  const { rolldown } = await import('rolldown')
  const all = '\0finding'
  const entry = {
    name: 'entry',
    resolveId: (id) => (id === all ? id : null),
    load: (id) =>
      id === all ? found.map((file) => `export * from '${inLib(file)}'`).join('\n') : null,
  }
  const build = await rolldown({
    input: all,
    platform: 'node',
    tsconfig: join(root, 'tsconfig.build.json'),
    plugins: [entry, handed, builtins],
    treeshake: { propertyReadSideEffects: false },
  })
  await build.write({
    file: join(root, finding),
    format: 'cjs',
    exports: 'named',
    sourcemap: true,
    codeSplitting: false,
    banner:
      'let made\nmodule.exports = (core) => made ??= make(core)\nfunction make(core) {\nconst exports = {}',
    footer: 'return exports\n}',
  })
  await build.close()
}

/** What is bundled, and how. */
const entries = {
  index: { plugins: [later, builtins], treeshake: { propertyReadSideEffects: false } },
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
  await bundleFinding()
  await bundleToml()
  const others = [toml, finding, `${finding}.map`]
  for (const file of files(['dist'], (each) => !others.includes(each))) {
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
