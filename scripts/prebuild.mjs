// Builds the addon into prebuilds/, stripped, as it ships.
//   prebuild.mjs             with this machine's compiler, for this machine
//   prebuild.mjs TARGET…     for linux-x64-glibc, linux-x64-musl, linux-arm64-glibc or
//                            linux-arm64-musl, on any Linux, with Zig's compiler: it needs no
//                            newer glibc than we promise, and no libstdc++
import { copyFileSync, renameSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { buildNative } from './build-native.mjs'
import { bin, files, root, run } from './command.mjs'
import { nodeFolder } from './headers.mjs'
import { zig } from './tools.mjs'

const triples = {
  'linux-x64-glibc': 'x86_64-linux-gnu.2.28',
  'linux-x64-musl': 'x86_64-linux-musl',
  'linux-arm64-glibc': 'aarch64-linux-gnu.2.28',
  'linux-arm64-musl': 'aarch64-linux-musl',
}

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
  const { code, output, compiler } = await zig()
  if (code !== 0) return console.error(output) ?? code
  const [, arch, libc] = target.split('-')
  const options = `-target ${triples[target]}`
  return prebuild([`--arch=${arch}`, '--tag-libc', `--libc=${libc}`], {
    CC: `${compiler} cc ${options}`,
    CXX: `${compiler} c++ ${options}`,
    LINK: `${compiler} c++ ${options}`,
    LDFLAGS: '-s',
  })
}

const targets = process.argv.slice(2)
const unknown = targets.filter((target) => !(target in triples))
if (unknown.length > 0) {
  console.error(`prebuild: ${unknown.join(', ')} is none of ${Object.keys(triples).join(', ')}`)
  process.exitCode = 2
} else {
  let code = targets.length === 0 ? await native() : 0
  for (const target of targets) code ||= await cross(target)
  process.exitCode = code
  for (const file of files(['prebuilds'], (name) => name.endsWith('.node'))) {
    // Until it is a copy, it may be a link to what the next build overwrites.
    const path = join(root, file)
    copyFileSync(path, `${path}.copy`)
    renameSync(`${path}.copy`, path)
  }
  // prebuildify took build/Release away.
  if (code === 0) await buildNative({ show: false, fresh: targets.length > 0 })
}
