// Node's headers: those beside the running Node where they are, so that a build needs no network.
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/** The folder with include/node, or undefined: then node-gyp fetches the headers itself. */
export function nodeFolder() {
  const folders = [process.env.npm_config_nodedir, dirname(dirname(process.execPath))]
  return folders.find((folder) => folder && existsSync(join(folder, 'include/node/node_api.h')))
}

/** The option that tells node-gyp. */
export function headers() {
  const folder = nodeFolder()
  return folder === undefined ? [] : [`--nodedir=${folder}`]
}

/** The folder of node_api.h: node-gyp's own, once it has fetched them, where Node brings none. */
export function includeFolder() {
  const fetched = join(homedir(), '.cache/node-gyp', process.versions.node)
  const folder = nodeFolder() ?? fetched
  const include = join(folder, 'include/node')
  return existsSync(include) ? include : undefined
}
