// Checks the binaries in prebuilds/: that each loads where it can, needs no libpython and no newer
// glibc than we promise. `--release` also wants every platform to be there.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { files, root, run } from './command.mjs'

const platforms = [
  'linux-x64/pybridge.glibc.node',
  'linux-x64/pybridge.musl.node',
  'linux-arm64/pybridge.glibc.node',
  'linux-arm64/pybridge.musl.node',
  'darwin-x64/pybridge.node',
  'darwin-arm64/pybridge.node',
  'win32-x64/pybridge.node',
]
const newestGlibc = 28
const largest = 10 * 1024 * 1024

const release = process.argv.includes('--release')
const found = files(['prebuilds'], (file) => file.endsWith('.node'))
const wrong = []

for (const file of found) {
  const name = file.replace('prebuilds/', '')
  if (!platforms.includes(name)) wrong.push(`${name} is none of the platforms`)
  if (name.startsWith('linux-')) {
    const { code, output } = await run('readelf', ['-dVW', file])
    if (code !== 0) wrong.push(`${name} could not be read: ${output.trim()}`)
    const python = /NEEDED.*(libpython[^\]]*)/.exec(output)
    if (python) wrong.push(`${name} needs ${python[1]}: Python is found at run time`)
    const versions = [...output.matchAll(/\bGLIBC_2\.(\d+)/g)].map((match) => Number(match[1]))
    const newest = Math.max(0, ...versions)
    if (newest > newestGlibc) {
      wrong.push(`${name} needs glibc 2.${newest}; we promise 2.${newestGlibc}`)
    }
  }
  const libc = process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl'
  const ours = process.platform === 'linux' ? `pybridge.${libc}.node` : 'pybridge.node'
  if (name === `${process.platform}-${process.arch}/${ours}`) {
    const { code, output } = await run(process.execPath, [
      '-e',
      `require(${JSON.stringify(join(root, file))})`,
    ])
    if (code !== 0) wrong.push(`${name} does not load: ${output.trim()}`)
  }
}

const size = found.reduce((sum, file) => sum + statSync(join(root, file)).size, 0)
if (size > largest) wrong.push(`together they are ${size} bytes: past 10 MB, one package each`)
if (release) {
  for (const name of platforms) {
    if (!found.includes(`prebuilds/${name}`)) wrong.push(`${name} is missing`)
  }
}

for (const sentence of wrong) console.error(sentence)
console.log(`${found.length} of ${platforms.length} prebuilds are here, ${wrong.length} faults`)
process.exitCode = wrong.length === 0 ? 0 : 1
