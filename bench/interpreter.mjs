import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'

const question = `
import json, os, platform, sys, sysconfig
config = sysconfig.get_config_var
print(json.dumps({
    'executable': sys.executable,
    'base': sys.base_prefix,
    'version': '.'.join(map(str, sys.version_info[:3])),
    'include': sysconfig.get_path('include'),
    'library': os.path.join(config('LIBDIR') or '', config('INSTSONAME') or ''),
    'shared': bool(config('Py_ENABLE_SHARED')),
    'flags': sys.abiflags,
    'compiler': platform.python_compiler(),
    'optimised': '--enable-optimizations' in (config('CONFIG_ARGS') or ''),
}))
`

/** Asks a Python, named by its prefix or its executable, what it is. */
export function describeInterpreter(named) {
  const executable = executableOf(named)
  const child = spawnSync(executable, ['-c', question], { encoding: 'utf8' })
  if (child.status !== 0) {
    throw new Error(`${executable} did not answer: ${child.error?.message ?? child.stderr.trim()}`)
  }
  return JSON.parse(child.stdout)
}

function executableOf(named) {
  if (!existsSync(named) || !statSync(named).isDirectory()) return named
  return join(named, 'bin', 'python3')
}
