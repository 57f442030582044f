// Builds the addon for another platform than this one, into prebuilds/: compiles only what changed.
//   cross-build.mjs TARGET…   for linux-x64-glibc, linux-x64-musl, linux-arm64-glibc,
//                             linux-arm64-musl or win32-x64
// Linux is built with Zig's compiler, on any Linux: it needs no newer glibc than we promise, and no
// libstdc++. Windows is built with mingw-w64; what is released for it is built by MSVC.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { files, isMain, modified, root, run, stamp, stamped } from './command.mjs'
import { includeFolder } from './headers.mjs'
import { sources } from './sources.mjs'
import { zig } from './tools.mjs'

const linux = (triple, file) => ({ platform: 'linux', triple, file: `prebuilds/${file}` })

export const targets = {
  'linux-x64-glibc': linux('x86_64-linux-gnu.2.28', 'linux-x64/pybridge.glibc.node'),
  'linux-x64-musl': linux('x86_64-linux-musl', 'linux-x64/pybridge.musl.node'),
  'linux-arm64-glibc': linux('aarch64-linux-gnu.2.28', 'linux-arm64/pybridge.glibc.node'),
  'linux-arm64-musl': linux('aarch64-linux-musl', 'linux-arm64/pybridge.musl.node'),
  'win32-x64': { platform: 'win32', file: 'prebuilds/win32-x64/pybridge.node' },
}

// As binding.gyp and Node's own settings of a release have them.
const options = [
  ...['-std=c++20', '-O3', '-fno-omit-frame-pointer', '-Wall', '-Wextra', '-Werror'],
  ...['-fvisibility=hidden', '-fvisibility-inlines-hidden', '-DNAPI_VERSION=9'],
  ...['-DBUILDING_NODE_EXTENSION', '-DUSING_UV_SHARED=1', '-Inative'],
]

async function linuxCompiler({ triple }) {
  const { code, output, compiler, version } = await zig()
  if (code !== 0) throw new Error(`Zig could not be installed from PyPI:\n${output}`)
  const [program, ...first] = compiler.split(' ')
  const compile = (args) => run(program, [...first, 'c++', '-target', triple, ...args])
  return {
    version,
    compile: (args) => compile(['-fPIC', ...args]),
    // A worker's end may unload the addon; our threads and Python's types outlive the worker.
    link: (objects, file) =>
      compile(['-shared', '-s', '-Wl,-z,nodelete', ...objects, '-o', file, '-ldl', '-lpthread']),
  }
}

const mingw = 'x86_64-w64-mingw32-'
const windowsOptions = [
  ...['-DNOMINMAX', '-DWIN32_LEAN_AND_MEAN', '-DUNICODE', '-D_WIN32_WINNT=0x0A00'],
  '-Wno-restrict', // GCC 12 warns of its own std::string (its bug 105651)
]

// The functions of Node's that the objects use: it exports them itself, there is no library of them.
// Asked for when they are first called, they come from whatever the running node.exe is called.
async function importLibrary(objects, folder) {
  const { code, output } = await run(`${mingw}nm`, ['-u', ...objects])
  if (code !== 0) throw new Error(output)
  const names = output.match(/(?<=_imp_|\s)(?:napi|node_api|uv)_\w+$/gm) ?? []
  const definitions = join(folder, 'node.def')
  const lines = ['LIBRARY "node.exe"', 'EXPORTS', ...new Set(names)]
  writeFileSync(definitions, `${lines.join('\n')}\n`)
  const library = join(folder, 'libnode.a')
  const made = await run(`${mingw}dlltool`, ['-k', '-d', definitions, '-y', library])
  if (made.code !== 0) throw new Error(made.output)
  return library
}

async function windowsCompiler(_target, folder) {
  const program = `${mingw}g++-posix`
  const { code, output: version } = await run(program, ['--version'])
  if (code !== 0) throw new Error(`there is no ${program}: Debian has it in mingw-w64's packages`)
  const compile = (args) => run(program, [...windowsOptions, ...args])
  return {
    version,
    compile,
    async link(objects, file) {
      const hook = join(folder, 'delay_load_hook.o')
      const hooked = await compile([
        ...options,
        '-c',
        'scripts/mingw/delay_load_hook.cpp',
        '-o',
        hook,
      ])
      if (hooked.code !== 0) return hooked
      const library = await importLibrary(objects, folder)
      const inputs = [...objects, hook, library, '-ldelayimp']
      return run(program, ['-shared', '-static', '-s', '-o', file, ...inputs])
    },
  }
}

/** Resolves to the file; rejects with what the compiler says. */
export async function crossBuild(name) {
  const target = targets[name]
  const folder = join(root, '.cache/cross', name)
  const objects = join(folder, 'objects')
  mkdirSync(objects, { recursive: true })
  const include = includeFolder()
  if (include === undefined) throw new Error('there are no headers of Node: `node-gyp install`')
  const make = target.platform === 'win32' ? windowsCompiler : linuxCompiler
  const compiler = await make(target, folder)

  const all = sources(target.platform)
  const recipe = JSON.stringify([options, windowsOptions, target, include, compiler.version])
  const isNew = stamped(`cross-${name}`) !== recipe
  const headers = files(['native'], (file) => !file.endsWith('.cpp'))
  const newest = isNew ? Number.POSITIVE_INFINITY : Math.max(...headers.map(modified))
  const objectOf = (source) => join(objects, `${source.replaceAll('/', '_')}.o`)
  const complaints = []
  const waiting = all
    .filter((source) => {
      const made = modified(objectOf(source).slice(root.length))
      return made < modified(source) || made < newest
    })
    .values()
  const work = async () => {
    for (const source of waiting) {
      const object = objectOf(source)
      const args = [...options, '-isystem', include, '-c', source, '-o', `${object}.new`]
      const { code, output } = await compiler.compile(args)
      if (code === 0) renameSync(`${object}.new`, object)
      else complaints.push(output)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  if (complaints.length > 0) throw new Error(complaints.join('\n'))
  stamp(`cross-${name}`, recipe)

  const file = join(root, target.file)
  mkdirSync(join(file, '..'), { recursive: true })
  const linked = await compiler.link(all.map(objectOf), `${file}.new`)
  if (linked.code !== 0) throw new Error(linked.output)
  renameSync(`${file}.new`, file)
  return file
}

if (isMain(import.meta.url)) {
  const names = process.argv.slice(2)
  const unknown = names.filter((name) => !(name in targets))
  if (unknown.length > 0 || names.length === 0) {
    console.error(`cross-build: name some of ${Object.keys(targets).join(', ')}`)
    process.exitCode = 2
  }
  for (const name of process.exitCode === 2 ? [] : names) {
    try {
      console.log(`cross-build: ${await crossBuild(name)}`)
    } catch (error) {
      console.error(`cross-build: ${name} failed\n${error.message}`)
      process.exitCode = 1
    }
  }
}
