// Everything that can be known without running the tests. Two checks run at a time; each says in
// one line what it found, and shows its output when it failed. `check.mjs NAME…` runs only those.
import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { clangTidy } from './clang-tidy.mjs'
import { files, isMain, root, run, runNode, runTsc } from './command.mjs'
import { biomeCheck, clangFormat, ruffCheck, ruffFormat } from './lint.mjs'
import { setup } from './setup.mjs'
import { tool, tools } from './tools.mjs'

const script = (name, ...args) => run(process.execPath, [`scripts/${name}.mjs`, ...args])
const missing = (path) => !existsSync(join(root, path))
const skip = (why) => ({ skip: why })

const pyright = async (...args) => {
  if (files(['python']).length === 0) return skip('there is no Python yet')
  const result = await tools()
  if (result.code !== 0) return result
  // By PATH: with --verifytypes, pyright does not heed --pythonpath.
  const env = { PATH: `${dirname(tool('python'))}${delimiter}${process.env.PATH}` }
  return runNode('pyright', args, { env })
}

/** The long one first: the others run beside it. */
const checks = {
  'clang-tidy': { finds: 'bugs in native', run: clangTidy },
  types: {
    finds: 'type errors in lib, tests, examples',
    run: () => runTsc(['-p', 'tsconfig.json']),
  },
  biome: { finds: 'lint and format of TypeScript and JSON', run: biomeCheck },
  'clang-format': { finds: 'format of native', run: clangFormat },
  ruff: { finds: 'lint of Python', run: ruffCheck },
  'ruff-format': { finds: 'format of Python', run: ruffFormat },
  pyright: { finds: 'type errors in python/pybridge, strict', run: () => pyright() },
  'pyright-verify': {
    finds: 'public Python names without a complete type',
    run: () =>
      missing('python/pybridge/py.typed')
        ? skip('python/pybridge has no py.typed')
        : pyright('--verifytypes', 'pybridge', '--ignoreexternal'),
  },
  rooms: {
    finds: 'includes and imports against the order of rooms',
    run: () =>
      missing('ARCHITECTURE.md') ? skip('there is no ARCHITECTURE.md') : script('check-rooms'),
  },
  api: {
    finds: 'changes of the public API that etc/pybridge.api.md does not show',
    run: () => runNode('@microsoft/api-extractor', ['run']),
  },
  package: {
    finds: 'wrong files or install scripts in the package',
    run: () => script('check-package'),
  },
  publint: { finds: 'faults in package.json', run: () => runNode('publint', ['--strict']) },
  attw: {
    finds: 'types that importers cannot resolve',
    run: () =>
      runNode('@arethetypeswrong/cli', [
        '--pack',
        '.',
        '--profile',
        'esm-only',
        '--no-emoji',
        '--no-color',
      ]),
  },
  prebuilds: { finds: 'faults in the binaries to ship', run: () => script('check-prebuilds') },
}

/** Runs the named checks, or all; resolves to the counts. */
export async function check(names = Object.keys(checks)) {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  const failed = []
  const waiting = names.values()
  const work = async () => {
    for (const name of waiting) {
      const began = Date.now()
      const result = await checks[name].run()
      const took = `${((Date.now() - began) / 1000).toFixed(1)} s`
      const say = (outcome) => console.log(`check: ${name} (${checks[name].finds}): ${outcome}`)
      if (result.skip) {
        counts.skipped += 1
        say(`skipped, ${result.skip}`)
      } else if (result.code === 0) {
        counts.passed += 1
        say(`ok, ${took}`)
      } else {
        counts.failed += 1
        failed.push(name)
        say(`FAILED, ${took}`)
        console.log(result.output.trimEnd().replace(/^/gm, '    '))
      }
    }
  }
  await Promise.all([work(), work()])
  if (failed.length > 0) console.log(`check: failed: ${failed.join(', ')}`)
  else console.log(`check: all is well`)
  return counts
}

if (isMain(import.meta.url)) {
  const names = process.argv.slice(2)
  const unknown = names.filter((name) => !(name in checks))
  if (unknown.length > 0) {
    console.error(
      `check: no check is called ${unknown.join(', ')}: ${Object.keys(checks).join(', ')}`,
    )
    process.exitCode = 2
  } else {
    const ready = await setup({ packages: false })
    const { failed } = ready ? await check(names.length > 0 ? names : undefined) : { failed: 1 }
    process.exitCode = failed === 0 ? 0 : 1
  }
}
