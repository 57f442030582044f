import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the package: above this file, whether it is a source or bundled into one. */
function findRoot(folder: string): string {
  const parent = dirname(folder)
  return parent === folder || existsSync(join(folder, 'package.json')) ? folder : findRoot(parent)
}

/** The folder of package.json. */
export const root = findRoot(dirname(fileURLToPath(import.meta.url)))

/** The folder of the Python package that goes with this build. */
export const packageFolder = join(root, 'python', 'pybridge')
