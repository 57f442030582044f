// Builds build/Release/pybridge.node with node-gyp; compiles only what changed.
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { files, isMain, root, run, runNode, stale, stamp, stamped } from './command.mjs'
import { headers } from './headers.mjs'

const output = 'build/Release/pybridge.node'
// What decides how the build is configured: anything else, make sees for itself.
const recipe = ['binding.gyp', 'package-lock.json', 'scripts/sources.mjs']
const inputs = () => [...recipe, ...files(['native'])]

export const nativeIsStale = () => !existsSync(join(root, output)) || stale('native', inputs())

export async function buildNative({ show = true, fresh = false } = {}) {
  const since = Date.now()
  const made = inputs()
  const { output: sources } = await run(process.execPath, ['scripts/sources.mjs'])
  const configuration = `${process.version}\n${process.arch}\n${sources}`
  const configured =
    !fresh &&
    existsSync(join(root, 'build/config.gypi')) &&
    stamped('native-configuration') === configuration &&
    !recipe.some((file) => stale(`native-${file.replaceAll('/', '-')}`, [file]))

  const options = [...headers(), '--release', '--loglevel=warn', `--jobs=${availableParallelism()}`]
  const steps = configured ? ['build'] : ['configure', 'build']
  for (const step of fresh ? ['clean', ...steps] : steps) {
    const result = await runNode('node-gyp', [step, ...options], { show })
    if (result.code !== 0) return result
    if (step !== 'configure') continue
    stamp('native-configuration', configuration)
    for (const file of recipe) stamp(`native-${file.replaceAll('/', '-')}`, file, since)
  }
  stamp('native', made.join('\n'), since)
  return { code: 0, output: '' }
}

if (isMain(import.meta.url)) {
  const { code } = await buildNative()
  process.exitCode = code
}
