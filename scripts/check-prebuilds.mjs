// Checks the binaries in prebuilds/: that each is for its platform, exports what Node looks for,
// needs no libpython, no library that a user may lack and no newer glibc than we promise, and loads
// where it can. `--release` also wants every platform to be there.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { files, isMain, root, run } from './command.mjs'

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

const exported = ['napi_register_module_v1', 'node_api_module_get_api_version_v1']
const machines = { x64: /X86-64|x86-64/, arm64: /AArch64/ }
// What every system of that kind has; libstdc++ is there wherever Node is, which needs it itself.
const libraries = {
  glibc: /^(lib(c|m|dl|pthread|stdc\+\+|gcc_s)\.so\.\d+|ld-linux-[\w-]+\.so\.\d)$/,
  musl: /^(libc\.so|libc\.musl-\w+\.so\.1|lib(stdc\+\+|gcc_s)\.so\.\d+)$/,
  windows: /^(kernel32|msvcrt|ucrtbase|api-ms-win-crt-[\w-]+|vcruntime140(_1)?|msvcp140)\.dll$/i,
}

/** What is wrong with what `readelf -hdVW --dyn-syms` says of a file for Linux. */
export function elfFaults(name, output) {
  const faults = []
  const [, arch, libc] = /^linux-(\w+)\/pybridge\.(\w+)\.node$/.exec(name) ?? []
  const machine = /Machine:\s+(.*)/.exec(output)?.[1] ?? 'nothing that is known'
  if (!machines[arch]?.test(machine)) faults.push(`is for ${machine}`)
  for (const [, library] of output.matchAll(/NEEDED.*\[([^\]]*)\]/g)) {
    if (/^libpython/.test(library)) faults.push(`needs ${library}: Python is found at run time`)
    else if (!libraries[libc]?.test(library)) faults.push(`needs ${library}`)
  }
  const versions = [...output.matchAll(/\bGLIBC_2\.(\d+)/g)].map((match) => Number(match[1]))
  const newest = Math.max(0, ...versions)
  if (libc === 'musl' && newest > 0) faults.push('needs glibc')
  if (libc === 'glibc' && newest > newestGlibc) {
    faults.push(`needs glibc 2.${newest}; we promise 2.${newestGlibc}`)
  }
  for (const symbol of exported) {
    const line = new RegExp(`GLOBAL\\s+DEFAULT\\s+\\d+\\s+${symbol}$`, 'm')
    if (!line.test(output)) faults.push(`does not export ${symbol}`)
  }
  return faults
}

/** The same of what `objdump -p` says of a file for Windows. */
export function peFaults(output) {
  const faults = []
  if (!/file format pei-x86-64/.test(output)) faults.push('is not for x64 Windows')
  for (const [, library] of output.matchAll(/DLL Name: (\S+)/g)) {
    // Node's functions are asked for when they are first called, whatever node.exe is called.
    if (/^node\.exe$/i.test(library)) faults.push('needs a program that is called node.exe')
    else if (/^python/i.test(library)) faults.push(`needs ${library}: Python is found at run time`)
    else if (!libraries.windows.test(library)) faults.push(`needs ${library}`)
  }
  for (const symbol of exported) {
    if (!new RegExp(`\\]\\s.*\\b${symbol}$`, 'm').test(output)) {
      faults.push(`does not export ${symbol}`)
    }
  }
  return faults
}

async function read(name, file) {
  if (name.startsWith('linux-')) {
    const { code, output } = await run('readelf', ['-hdVW', '--dyn-syms', file])
    return code === 0 ? elfFaults(name, output) : [`could not be read: ${output.trim()}`]
  }
  if (name.startsWith('win32-')) {
    const { code, output } = await run('objdump', ['-p', file])
    return code === 0 ? peFaults(output) : [`could not be read: ${output.trim()}`]
  }
  console.log(`${name} is not read: there is no tool for it here`)
  return []
}

async function checkPrebuilds(release) {
  const found = files(['prebuilds'], (file) => file.endsWith('.node'))
  const wrong = []
  for (const file of found) {
    const name = file.replace('prebuilds/', '')
    if (!platforms.includes(name)) wrong.push(`${name} is none of the platforms`)
    for (const fault of await read(name, file)) wrong.push(`${name} ${fault}`)
    const libc = process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl'
    const ours = process.platform === 'linux' ? `pybridge.${libc}.node` : 'pybridge.node'
    if (name === `${process.platform}-${process.arch}/${ours}`) {
      const load = `require(${JSON.stringify(join(root, file))})`
      const { code, output } = await run(process.execPath, ['-e', load])
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
  return wrong.length === 0
}

if (isMain(import.meta.url)) {
  process.exitCode = (await checkPrebuilds(process.argv.includes('--release'))) ? 0 : 1
}
