import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The floors of calls and of containers. */
export function buildFloors(python) {
  const calls = buildFloor(python)
  const bulk = buildFloor(python, 'floor/bulk.c')
  const addons = { calls: calls.addon, bulk: bulk.addon }
  return { ...calls, addons, unable: calls.unable ?? bulk.unable }
}

/**
 * Compiles a floor, named by its file under `bench`, against the headers of one Python;
 * `{ unable }` says why it could not.
 */
export function buildFloor({ version, flags, include, library, shared }, file = 'floor/floor.c') {
  if (!existsSync(join(include, 'Python.h'))) return { unable: `Python ${version} has no headers` }
  if (!shared) return { unable: `Python ${version} has no shared library` }

  return buildAddon(file, `${basename(file, '.c')}-${version}${flags}`, [
    `-I${include}`,
    `-DPYTHON_LIBRARY="${library}"`,
    library,
    `-Wl,-rpath,${dirname(library)}`,
  ])
}

/** Compiles one file under `bench` into an addon. */
export function buildAddon(file, name, options = []) {
  const nodeHeaders = findNodeHeaders()
  if (nodeHeaders === undefined) return { unable: "Node's headers (node_api.h) were not found" }
  const addon = join(root, 'build', 'bench', `${name}.node`)
  mkdirSync(dirname(addon), { recursive: true })
  const compiler = process.env.CC ?? 'gcc'
  const compiled = spawnSync(
    compiler,
    [
      '-O3',
      '-fPIC',
      '-shared',
      '-Wall',
      `-I${nodeHeaders}`,
      join(root, 'bench', file),
      ...options,
      '-o',
      addon,
    ],
    { encoding: 'utf8' },
  )
  if (compiled.error) return { unable: compiled.error.message }
  if (compiled.stderr) process.stderr.write(compiled.stderr)
  return compiled.status === 0 ? { addon } : { unable: `${compiler} failed: its message is above` }
}

function findNodeHeaders() {
  return [
    join(dirname(process.execPath), '..', 'include', 'node'),
    join(homedir(), '.cache', 'node-gyp', process.versions.node, 'include', 'node'),
  ].find((folder) => existsSync(join(folder, 'node_api.h')))
}
