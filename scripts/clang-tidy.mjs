// Runs clang-tidy over native/, two files at a time; a file that passed is not read again until it,
// a header, the checks or its compiler options change.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildCmake } from './build-cmake.mjs'
import { files, isMain, root, run, stamp, stamped } from './command.mjs'
import { sources } from './sources.mjs'
import { tool, tools } from './tools.mjs'

const text = (path) => readFileSync(join(root, path), 'utf8')
const hash = (...parts) => createHash('sha256').update(parts.join('\0')).digest('hex')

export async function clangTidy() {
  for (const step of [tools, () => buildCmake('debug', { configure: true, show: false })]) {
    const result = await step()
    if (result.code !== 0) return result
  }
  const commands = JSON.parse(text('compile_commands.json'))
  const headers = files(['native', '.clang-tidy'], (file) => !file.endsWith('.cpp')).map(text)
  const common = hash(...headers, text('scripts/tools.mjs'), text('package-lock.json'))
  const passed = new Set((stamped('clang-tidy') ?? '').split('\n'))

  const now = new Set()
  const waiting = sources().values()
  let code = 0
  // What is wrong in a header is found once for each file that includes it.
  const findings = new Set()
  const work = async () => {
    for (const file of waiting) {
      const { command } = commands.find((entry) => entry.file.endsWith(`/${file}`)) ?? {}
      const key = hash(common, file, text(file), command)
      if (!passed.has(key)) {
        const result = await run(tool('clang-tidy'), ['-p', root, '--quiet', file])
        if (result.code !== 0) {
          code = 1
          for (const finding of result.output.split(/^(?=\S+:\d+:\d+: (?:error|warning):)/m)) {
            findings.add(finding)
          }
          continue
        }
      }
      now.add(key)
    }
  }
  await Promise.all([work(), work()])
  stamp('clang-tidy', [...now].join('\n'))
  return { code, output: [...findings].join('') }
}

if (isMain(import.meta.url)) {
  const { code, output } = existsSync(join(root, 'native')) ? await clangTidy() : { code: 0 }
  if (output) console.log(output)
  process.exitCode = code
}
