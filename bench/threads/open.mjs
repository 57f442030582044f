import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** Starts Python through pybridge, and runs the source in it. */
export async function openPybridge({ executable }, source, options) {
  const { python } = await import('../../dist/index.js')
  python.start({ python: executable, ...options })
  python.exec(source)
  return python
}

/** Starts Python through a floor, and runs the source in it. */
export function openFloor({ executable, floors }, name, source) {
  const { addon, unable } = floors[name]
  if (unable) throw new Error(unable)
  const native = require(addon)
  native.start(executable, source)
  return native
}
