// Builds the addon into prebuilds/, stripped, as it ships.
//   prebuild.mjs             with this machine's compiler, for this machine
//   prebuild.mjs TARGET…     for other platforms (cross-build.mjs), on any Linux
import { copyFileSync, renameSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { buildNative } from './build-native.mjs'
import { bin, files, root, run } from './command.mjs'
import { crossBuild, targets } from './cross-build.mjs'
import { nodeFolder } from './headers.mjs'

async function prebuild(args, settings) {
  // prebuildify runs node-gyp by name: ours, and with this Node.
  const path = [join(root, 'node_modules/.bin'), dirname(process.execPath), process.env.PATH]
  const env = { PATH: path.join(delimiter), ...settings }
  const folder = nodeFolder()
  if (folder !== undefined) env.npm_config_nodedir = folder
  const all = [
    bin('prebuildify'),
    '--napi',
    '--name=pybridge',
    `--target=${process.version}`,
    ...args,
  ]
  const { code } = await run(process.execPath, all, { show: true, env })
  return code
}

const native = () => {
  // On Linux the file names its libc, so that node-gyp-build never gives musl's to glibc or back.
  const tag = process.platform === 'linux' ? ['--tag-libc'] : []
  return prebuild(['--strip', ...tag], {})
}

async function cross(target) {
  try {
    console.log(await crossBuild(target))
    return 0
  } catch (error) {
    console.error(`prebuild: ${target} failed\n${error.message}`)
    return 1
  }
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((target) => !(target in targets))
if (unknown.length > 0) {
  console.error(`prebuild: ${unknown.join(', ')} is none of ${Object.keys(targets).join(', ')}`)
  process.exitCode = 2
} else {
  let code = wanted.length === 0 ? await native() : 0
  for (const target of wanted) code ||= await cross(target)
  process.exitCode = code
  for (const file of files(['prebuilds'], (name) => name.endsWith('.node'))) {
    // Until it is a copy, it may be a link to what the next build overwrites.
    const path = join(root, file)
    copyFileSync(path, `${path}.copy`)
    renameSync(`${path}.copy`, path)
  }
  // prebuildify took build/Release away.
  if (code === 0 && wanted.length === 0) await buildNative({ show: false })
}
