// Runs the example: set-up first, only what it needs, then its own exit code.

import { run } from './command.mjs'
import { pythonPackages, setup } from './setup.mjs'

const requirements = 'examples/digits/requirements.txt'

if (!(await setup({ packages: false }))) {
  process.exitCode = 1
} else {
  // Without them the example says so, and does the same with the standard library.
  await pythonPackages(requirements)
  const example = ['examples/digits/digits.mjs', ...process.argv.slice(2)]
  const { code } = await run(process.execPath, example, { show: true })
  process.exitCode = code
}
