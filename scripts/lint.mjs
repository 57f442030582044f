// `lint.mjs` says what the linters find; `lint.mjs --format` rewrites files as the formatters want.
import { files, isMain, run, runNode } from './command.mjs'
import { setup } from './setup.mjs'
import { tool, tools } from './tools.mjs'

const native = () => files(['native'], (file) => /\.(h|cpp)$/.test(file))
const ruff = async (...args) => {
  const result = await tools()
  return result.code === 0 ? run(tool('ruff'), args) : result
}
const biome = (...args) => runNode('@biomejs/biome', [...args, '--colors=off'])

export const biomeCheck = () => biome('ci', '--error-on-warnings', '.')
export const ruffCheck = () => ruff('check', '--quiet', '--output-format=concise', '.')
export const ruffFormat = () => ruff('format', '--check', '.')
export const clangFormat = async () => {
  const result = await tools()
  if (result.code !== 0 || native().length === 0) return result
  return run(tool('clang-format'), ['--dry-run', '--Werror', ...native()])
}

async function format() {
  const results = [await biome('check', '--write', '.')]
  results.push(await ruff('check', '--fix', '--quiet', '.'), await ruff('format', '.'))
  if (native().length > 0) results.push(await run(tool('clang-format'), ['-i', ...native()]))
  return results
}

if (isMain(import.meta.url)) {
  const ready = await setup({ packages: false, build: false })
  const formatting = process.argv.includes('--format')
  const results = !ready
    ? [{ code: 1, output: '' }]
    : formatting
      ? await format()
      : [await biomeCheck(), await ruffCheck(), await ruffFormat(), await clangFormat()]
  for (const { output } of results) if (output) console.log(output.trimEnd())
  process.exitCode = results.every(({ code }) => code === 0) ? 0 : 1
}
