// The runtimes of the matrix: Node's versions, Bun and Deno, from packages that carry the binaries,
// pinned in test/matrix/package.json and installed there.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { bin, modified, root, run } from '../command.mjs'

const folder = 'test/matrix'
const installed = (path) => join(root, folder, 'node_modules', path)

// How each runs a script, and what its environment needs. `start` is where the machine's own stands.
const known = {
  node: { start: [process.execPath] },
  'node, no libuv': { start: [process.execPath], env: { PYBRIDGE_LOOP: 'fallback' } },
  node20: { start: [installed('node20/bin/node')] },
  node22: { start: [installed('node22/bin/node')] },
  node24: { start: [installed('node24/bin/node')] },
  node26: { start: [installed('node26/bin/node')] },
  bun: { start: [installed('@oven/bun-linux-x64/bin/bun'), '--bun'] },
  deno: { start: [installed('@deno/linux-x64-glibc/deno'), 'run', '-A'] },
}

export const runtimeNames = Object.keys(known)

let installing

async function install() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return `their packages are for Linux x64, not ${process.platform} ${process.arch}`
  }
  const lock = 'node_modules/.package-lock.json'
  if (modified(`${folder}/${lock}`) >= modified(`${folder}/package-lock.json`)) return undefined
  const options = { cwd: join(root, folder), timeout: 10 * 60_000 }
  const { code, output } = await run('npm', ['ci', '--ignore-scripts', '--no-progress'], options)
  return code === 0 ? undefined : `npm ci failed: ${output.trim().split('\n').at(-1)}`
}

/** How to start this runtime, or what is missing. */
export async function runtime(name) {
  const { start, env = {} } = known[name]
  if (start[0] !== process.execPath) {
    installing ??= install()
    const missing = await installing
    if (missing !== undefined) return { missing }
    if (!existsSync(start[0])) return { missing: `its package has no ${start[0]}` }
  }
  return { start, env, vitest: bin('vitest') } // not before set-up
}
