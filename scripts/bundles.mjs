// How lib is cut into the files of dist. Fifty small modules take 30 ms to import; one holds what nobody
// may ever use. So an import loads `index.js` alone, the first use `core.cjs`, the first start of the
// process `finding.cjs`, the first ready converter `ready.cjs`, and the first view of memory `memory.cjs`,
// with `require`, which does not wait.
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './command.mjs'

const inLib = (file) => join(root, 'lib', file)

/**
 * What is loaded later: the modules whose functions load it, and what it shares with whoever loads it,
 * so that there is one of each.
 */
const later = {
  core: {
    holds: [
      'call/entry-points.ts',
      'call/with-options.ts',
      'convert/ready/index.ts',
      'memory/index.ts',
      'object/traceback.ts',
      'runtime/binding.ts',
      'runtime/env/index.ts',
      'runtime/start.ts',
    ],
    shares: {
      'call/keywords.ts': ['Keywords'],
      'convert/py-date.ts': ['PyDate'],
      'convert/py-float.ts': ['PyFloat'],
      'convert/refused.ts': ['refusedKey'],
      'convert/references.ts': [
        ...['handleKey', 'exceptionKey', 'exceptionProxies'],
        ...['handleOf', 'exceptionOf', 'numberOf'],
      ],
      'errors/bridge-error.ts': ['BridgeError'],
      'errors/catalogue.ts': ['catalogue'],
      'object/python-error.ts': ['PythonError', 'makeError'],
    },
  },
  ready: {
    holds: ['convert/ready/index.ts'],
    shares: {
      'convert/ask.ts': ['ask', 'askConverted', 'make', 'typeNumberOf'],
      'convert/brands.ts': ['Brand', 'Stamp', 'origins'],
      'convert/partwise.ts': ['partwise'],
      'convert/py-date.ts': ['PyDate'],
      'errors/bridge-error.ts': ['BridgeError'],
    },
  },
  memory: {
    holds: ['memory/index.ts'],
    shares: {
      'convert/references.ts': ['handleOf'],
      'convert/stand-in.ts': ['StandIn'],
      'errors/bridge-error.ts': ['BridgeError'],
      'memory/native-tables.ts': ['homeOf', 'keepTable', 'nextBatch', 'openTable'],
      'memory/native-views.ts': ['madeOf', 'makeMemory', 'openView', 'takeBackView'],
    },
  },
  finding: {
    holds: ['runtime/env/index.ts', 'runtime/locate/index.ts'],
    shares: {
      'errors/bridge-error.ts': ['BridgeError'],
      'runtime/start.ts': ['isStartedWith', 'startLocated'],
    },
  },
}

/** What is bundled, and how. Each is a file of dist, with a map beside it. */
const bundles = {
  index: { file: 'index.js', input: inLib('index.ts'), loads: ['core'] },
  core: { file: 'core.cjs', loads: ['finding', 'ready', 'memory'] },
  ready: { file: 'ready.cjs' },
  memory: { file: 'memory.cjs' },
  finding: { file: 'finding.cjs' },
  // Plain imports: it has to tell an old Node, which lacks process.getBuiltinModule, that it is old.
  cli: { file: 'cli.js', input: inLib('cli.ts'), external: /^node:/ },
  // The parser of TOML, loaded where there is a file to parse.
  toml: { file: 'toml.cjs', input: 'smol-toml', map: false },
}

export const bundled = Object.values(bundles).map(({ file }) => join('dist', file))

/**
 * Imports of Node's own modules become look-ups. An import statement makes all exports of a module at
 * once, with what is behind them: 5 ms for `node:process`, which opens its streams, 2 ms for `node:fs`.
 * CommonJS has a `require`, and making another takes 1 ms.
 */
const builtins = (format) => ({
  name: 'builtins',
  resolveId: (id) => (id.startsWith('node:') ? `\0${id}` : null),
  load(id) {
    if (!id.startsWith('\0node:')) return null
    if (id === '\0node:module' && format === 'cjs')
      return 'export const createRequire = () => require'
    const name = id.slice(1)
    const exported = Object.keys(process.getBuiltinModule(name)).filter((key) => key !== 'default')
    return [
      `const builtin = process.getBuiltinModule('${name}')`,
      'export default builtin',
      ...exported.map((key) => `export const ${key} = builtin.${key}`),
    ].join('\n')
  },
})

/** The functions that a module exports. */
function functionsOf(file) {
  const source = readFileSync(file, 'utf8')
  const exported = source.matchAll(/^export (?:async )?function (\w+)/gm)
  return [...new Set(Array.from(exported, ([, name]) => name))] // overloads are one
}

/** For who loads it: each function of these modules loads it first. */
function loader(name) {
  const { holds, shares } = later[name]
  const loading = `\0${name}`
  return {
    name: `loader of ${name}`,
    resolveId: (id) => (id === loading ? id : null),
    load(id) {
      if (id === loading) {
        const imports = Object.entries(shares).map(
          ([file, names]) => `import { ${names.join(', ')} } from '${inLib(file)}'`,
        )
        return [
          ...imports,
          `const shared = () => ({ ${Object.values(shares).flat().join(', ')} })`,
          "import { createRequire } from 'node:module'",
          'const requirer = () => createRequire(import.meta.url)',
          'let loaded',
          'export function load() {',
          '  try {',
          `    return loaded ??= requirer()('./${name}.cjs')(shared)`,
          '  } catch (cause) {',
          `    const detail = 'dist/${name}.cjs cannot be loaded (' + cause.message + ')'`,
          "    throw new BridgeError('START_FAILED', detail, { cause })",
          '  }',
          '}',
        ].join('\n')
      }
      if (!holds.some((file) => id === inLib(file))) return null
      const stubs = functionsOf(id).map(
        (each) => `export const ${each} = (...args) => load().${each}(...args)`,
      )
      const code = [`import { load } from '${loading}'`, ...stubs].join('\n')
      return { code, moduleType: 'js' }
    },
  }
}

/** For what is loaded: what it shares is handed to it. */
function handed(name) {
  const { holds, shares } = later[name]
  const entry = '\0entry'
  return {
    name: 'handed',
    resolveId: (id) => (id === entry ? id : null),
    load(id) {
      if (id === entry) {
        const from = (file) =>
          `export { ${functionsOf(inLib(file)).join(', ')} } from '${inLib(file)}'`
        return holds.map(from).join('\n')
      }
      const names = Object.entries(shares).find(([file]) => id === inLib(file))?.[1]
      if (names === undefined) return null
      return { code: `export const { ${names.join(', ')} } = shared()`, moduleType: 'js' }
    },
  }
}

/** A function of what is shared makes the exports. In parentheses, V8 compiles it without a look first. */
const wrapped = {
  banner: "'use strict'\nmodule.exports = (function (shared) {\nconst exports = {}",
  footer: 'return exports\n})',
}

/** One arrow in a message would make V8 keep the whole source in two bytes for each character. */
function keepToAscii(file) {
  const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  writeFileSync(file, readFileSync(file, 'utf8').replace(/[^\0-\x7f]/g, escaped))
}

export async function bundle(name) {
  // Loaded here: set-up asks for the age of dist before there are any packages.
  const { rolldown } = await import('rolldown')
  const { file, input, loads = [], external, map = true } = bundles[name]
  const format = file.endsWith('.cjs') ? 'cjs' : 'esm'
  const plugins = external === undefined ? [builtins(format)] : []
  plugins.unshift(...loads.map(loader))
  if (name in later) plugins.unshift(handed(name))
  const build = await rolldown({
    input: input ?? '\0entry',
    cwd: root,
    platform: 'node',
    tsconfig: join(root, 'tsconfig.build.json'),
    external,
    plugins,
    treeshake: { propertyReadSideEffects: false },
  })
  await build.write({
    file: join(root, 'dist', file),
    format,
    exports: 'named',
    sourcemap: map,
    codeSplitting: false,
    ...(name in later ? wrapped : {}),
  })
  await build.close()
  keepToAscii(join(root, 'dist', file))
  if (name === 'cli') chmodSync(join(root, 'dist', file), 0o755)
}

export const bundleNames = Object.keys(bundles)
