// Runs every `ts` fence of README.md and docs/ as a module of its own, against the built package.
//   ```ts                          is compiled and run, from the repository's root
//   ```ts needs numpy pandas       is skipped where .venv lacks one of them
//   ```ts no-run <reason>          is not even compiled
// A type error fails the fence as an exception does.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { files, isMain, root, run, runTsc } from './command.mjs'
import { setup, venvPython } from './setup.mjs'

const folder = '.cache/docs'
const pages = () => [...files(['README.md']), ...files(['docs'], (file) => file.endsWith('.md'))]

/** The fences of a page: where they start, what stands after `ts`, and the code. */
export function fences(page, text) {
  const found = []
  let open
  for (const [index, line] of text.split('\n').entries()) {
    const mark = /^\s*(`{3,})(.*)$/.exec(line)
    if (open === undefined) {
      if (mark === null) continue
      const [language = '', ...info] = mark[2].trim().split(/\s+/)
      open = { page, line: index + 1, mark: mark[1], language, info, code: [] }
    } else if (mark !== null && mark[1] === open.mark && mark[2].trim() === '') {
      if (open.language === 'ts' || open.language === 'typescript') found.push(open)
      open = undefined
    } else {
      open.code.push(line)
    }
  }
  return found
}

/** Compiles all fences at once; resolves to what the compiler said of each file. */
async function compile(all) {
  rmSync(join(root, folder), { recursive: true, force: true })
  mkdirSync(join(root, folder), { recursive: true })
  for (const fence of all) {
    fence.file = `${fence.page.replace(/\W/g, '-')}-${fence.line}`
    // Empty lines first: so a line of the module is the line of the page.
    const code = `${'\n'.repeat(fence.line)}${fence.code.join('\n')}\nexport {}\n`
    writeFileSync(join(root, folder, `${fence.file}.ts`), code)
  }
  const config = {
    extends: '../../tsconfig.json',
    compilerOptions: {
      noEmit: false,
      rootDir: '.',
      outDir: 'out',
      // As a reader's editor would find them: in dist, by the package's own name.
      paths: {},
      inlineSourceMap: true,
    },
    include: ['*.ts'],
  }
  writeFileSync(join(root, folder, 'tsconfig.json'), JSON.stringify(config))
  const { output } = await runTsc(['-p', join(folder, 'tsconfig.json'), '--pretty', 'false'])
  const said = new Map()
  for (const line of output.split('\n')) {
    const [, file, rest] = /([^/\\]+)\.ts(\(\d+.*)$/.exec(line) ?? []
    if (file !== undefined) said.set(file, `${said.get(file) ?? ''}${rest}\n`)
    else if (line.startsWith('error')) said.set('', `${said.get('') ?? ''}${line}\n`)
  }
  return said
}

async function lacking(packages) {
  if (packages.length === 0) return []
  if (!existsSync(venvPython)) return packages
  const source =
    'import sys, importlib.util as u\nprint(*[n for n in sys.argv[1:] if not u.find_spec(n)])'
  const { output } = await run(venvPython, ['-c', source, ...packages])
  return output.trim().split(/\s+/).filter(Boolean)
}

async function judge(fence, typeErrors) {
  const [word, ...rest] = fence.info
  if (word === 'no-run') {
    if (rest.length === 0) return { outcome: 'failed', why: 'says no-run without a reason' }
    return { outcome: 'skipped', why: `is not run: ${rest.join(' ')}` }
  }
  if (typeErrors) return { outcome: 'failed', why: 'does not compile', output: typeErrors }
  if (word !== undefined && word !== 'needs') {
    return { outcome: 'failed', why: `says "${word}", which means nothing here` }
  }
  const missing = await lacking(rest)
  if (missing.length > 0) {
    return { outcome: 'skipped', why: `is not run: ${missing.join(', ')} not in .venv` }
  }
  const args = ['--enable-source-maps', `${folder}/out/${fence.file}.js`]
  const env = { PYTHONDONTWRITEBYTECODE: '1' }
  const { code, output } = await run(process.execPath, args, { env, timeout: 60_000 })
  return code === 0
    ? { outcome: 'passed', why: 'runs' }
    : { outcome: 'failed', why: `ended with ${code}`, output }
}

/** Runs all fences, two at a time; resolves to the counts. */
export async function testDocs() {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  const all = pages().flatMap((page) => fences(page, readFileSync(join(root, page), 'utf8')))
  if (all.length === 0) {
    console.log('docs: there is no ts fence in README.md and docs/')
    return counts
  }
  const said = await compile(all)
  if (said.has('')) console.log(said.get(''))

  const waiting = all.values()
  const work = async () => {
    for (const fence of waiting) {
      const { outcome, why, output } = await judge(fence, said.get(fence.file) ?? said.get(''))
      counts[outcome] += 1
      console.log(`docs: ${fence.page}:${fence.line} ${why}`)
      if (output) console.log(output.trimEnd().replace(/^/gm, '    '))
    }
  }
  await Promise.all([work(), work()])
  console.log(`docs: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
  return counts
}

if (isMain(import.meta.url)) {
  const ready = await setup()
  const { failed } = ready ? await testDocs() : { failed: 1 }
  process.exitCode = failed === 0 ? 0 : 1
}
