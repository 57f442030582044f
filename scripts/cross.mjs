// Other platforms than this one: builds for them, and runs there what can be run.
import { isMain } from './command.mjs'
import { arm64 } from './cross/arm64.mjs'
import { musl } from './cross/musl.mjs'
import { windows } from './cross/windows.mjs'
import { setup } from './setup.mjs'

const help = `Builds the addon for other platforms, and runs it where an emulator is to be had.

  npm run test:cross -- arm64     Linux on arm64, under qemu-user: smoke tests, numpy, some suites
  npm run test:cross -- windows   Windows, with mingw-w64; loaded under Wine where there is one
  npm run test:cross -- musl      Linux with musl; loaded by a Node for musl

Without a name, all of them. What is missing is installed where that is possible, or named.`

export const parts = { arm64, windows, musl }

/** Counts of one part; a build that fails is one failure. */
export async function cross(name) {
  try {
    return await parts[name]()
  } catch (error) {
    console.log(`cross: ${name}: FAILED\n${error.message}`)
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

if (isMain(import.meta.url)) {
  const names = process.argv.slice(2)
  if (names.some((name) => !(name in parts))) {
    console.log(help)
    process.exitCode = names.includes('--help') ? 0 : 2
  } else if (await setup({ packages: false })) {
    const sum = { passed: 0, failed: 0, skipped: 0 }
    for (const name of names.length > 0 ? names : Object.keys(parts)) {
      const counts = await cross(name)
      for (const outcome of Object.keys(sum)) sum[outcome] += counts[outcome]
    }
    console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`)
    process.exitCode = sum.failed === 0 ? 0 : 1
  } else {
    process.exitCode = 1
  }
}
