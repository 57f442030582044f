// Checks what `npm pack` would publish: the right files, and nothing that runs at installation.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from './command.mjs'

const wanted = [
  'LICENSE',
  'README.md',
  'binding.gyp',
  'dist/cli.js',
  'dist/core.cjs',
  'dist/finding.cjs',
  'dist/ready.cjs',
  'dist/index.js',
  'dist/index.d.ts',
  'dist/toml.cjs',
]
const unwanted = [/\.test\./, /__pycache__/, /^(test|bench|build|examples|\.)/, /\.pyc$/]

const wrong = []
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
for (const name of ['preinstall', 'install', 'postinstall', 'prepare']) {
  if (manifest.scripts?.[name])
    wrong.push(`package.json has a script "${name}": installs run nothing`)
}
// With a binding.gyp and without this, npm compiles at installation.
if (manifest.gypfile !== false) wrong.push('package.json does not say "gypfile": false')

const { code, output } = await run('npm', ['pack', '--dry-run', '--json', '--loglevel=error'])
if (code !== 0) {
  wrong.push(`npm pack failed:\n${output}`)
} else {
  const [report] = Object.values(JSON.parse(output.slice(output.search(/[[{]/))))
  const names = report.files.map((file) => file.path)
  for (const name of wanted) if (!names.includes(name)) wrong.push(`${name} is not in the package`)
  for (const name of names) {
    if (unwanted.some((pattern) => pattern.test(name))) wrong.push(`${name} is in the package`)
  }
  console.log(`${names.length} files, ${Math.ceil(report.size / 1024)} KiB packed`)
}

for (const sentence of wrong) console.error(sentence)
process.exitCode = wrong.length === 0 ? 0 : 1
