// Builds an addon into build/<kind> with cmake-js; kind is debug, asan or tsan. To run with it,
// set PYBRIDGE_PREBUILD to that folder.
// `--configure` stops after writing compile_commands.json, which clang-tidy and editors read.
import { availableParallelism } from 'node:os'
import { isMain, runNode } from './command.mjs'
import { nodeFolder } from './headers.mjs'

const kinds = {
  debug: ['--debug'],
  asan: ['--debug', '--CDPYBRIDGE_ASAN=ON'],
  tsan: ['--debug', '--CDPYBRIDGE_TSAN=ON'],
}

export async function buildCmake(kind, { configure = false, show = true } = {}) {
  const folder = nodeFolder()
  const options = ['--out', `build/${kind}`, ...kinds[kind]]
  if (!configure) options.push('--parallel', `${availableParallelism()}`)
  const env = folder === undefined ? {} : { npm_config_nodedir: folder }
  // `configure` first: a new file in native/ is not seen by a build alone.
  for (const step of configure ? ['configure'] : ['configure', 'build']) {
    const result = await runNode('cmake-js', [step, ...options], { show, env })
    if (result.code !== 0) return result
  }
  return { code: 0, output: '' }
}

if (isMain(import.meta.url)) {
  const [kind, option] = process.argv.slice(2)
  if (kind in kinds) {
    const { code } = await buildCmake(kind, { configure: option === '--configure' })
    process.exitCode = code
  } else {
    console.error(`build-cmake: say which: ${Object.keys(kinds).join(', ')}`)
    process.exitCode = 2
  }
}
