// Compiles lib into dist: the files of bundles.mjs, and a declaration file for each source. Removes what
// no longer has one.
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { bundle, bundled, bundleNames } from './bundles.mjs'
import { files, isMain, root, runTsc, stale, stamp } from './command.mjs'

const inputs = () => [
  ...['tsconfig.json', 'tsconfig.build.json', 'scripts/bundles.mjs'],
  ...files(['lib']),
]

export const tsIsStale = () =>
  bundled.some((file) => !existsSync(join(root, file))) || stale('ts', inputs())

export async function buildTs({ show = true } = {}) {
  const since = Date.now()
  const made = inputs()
  const result = await runTsc(['-p', 'tsconfig.build.json'], { show })
  if (result.code !== 0) return result
  for (const name of bundleNames) await bundle(name)
  for (const file of files(['dist'], (each) => !bundled.includes(each.replace(/\.map$/, '')))) {
    const source = file.replace(/^dist/, 'lib').replace(/\.d\.ts$/, '.ts')
    if (!file.endsWith('.d.ts') || !existsSync(join(root, source))) rmSync(join(root, file))
  }
  stamp('ts', made.join('\n'), since)
  return result
}

if (isMain(import.meta.url)) {
  const { code } = await buildTs()
  process.exitCode = code
}
