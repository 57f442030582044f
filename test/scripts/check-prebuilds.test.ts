import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../fixtures/run-node.js'

const { elfFaults, peFaults } = (await import(join(root, 'scripts/check-prebuilds.mjs'))) as {
  elfFaults: (name: string, output: string) => string[]
  peFaults: (output: string) => string[]
}

// What readelf and objdump say of a right one, and what is wrong with it after a change.
const elf = `
  Machine:                           AArch64
 0x0000000000000001 (NEEDED)             Shared library: [libc.so.6]
 0x0000000000000001 (NEEDED)             Shared library: [libdl.so.2]
  010:   2 (GLIBC_2.17)    0 (*local*)       3 (GLIBC_2.28)    3 (GLIBC_2.28)
   148: 0000000000042a10    52 FUNC    GLOBAL DEFAULT   14 napi_register_module_v1
   151: 0000000000042a08     8 FUNC    GLOBAL DEFAULT   14 node_api_module_get_api_version_v1
`
const pe = `
prebuilds/win32-x64/pybridge.node:     file format pei-x86-64
\tDLL Name: KERNEL32.dll
\tDLL Name: msvcrt.dll
\t[   0] napi_register_module_v1
\t[   1] node_api_module_get_api_version_v1
`

test.each([
  ['a right one', 'linux-arm64/pybridge.glibc.node', '', '', []],
  ['another machine', 'linux-x64/pybridge.glibc.node', '', '', ['is for AArch64']],
  [
    'libpython',
    'linux-arm64/pybridge.glibc.node',
    'libdl.so.2',
    'libpython3.11.so.1.0',
    ['needs libpython3.11.so.1.0: Python is found at run time'],
  ],
  [
    'a library of the machine that built it',
    'linux-arm64/pybridge.glibc.node',
    'libdl.so.2',
    'libfmt.so.9',
    ['needs libfmt.so.9'],
  ],
  [
    'a newer glibc',
    'linux-arm64/pybridge.glibc.node',
    'GLIBC_2.28)    3',
    'GLIBC_2.36)    3',
    ['needs glibc 2.36; we promise 2.28'],
  ],
  [
    'glibc under the name of musl',
    'linux-arm64/pybridge.musl.node',
    '',
    '',
    ['needs libc.so.6', 'needs libdl.so.2', 'needs glibc'],
  ],
  [
    'an entry point that is hidden',
    'linux-arm64/pybridge.glibc.node',
    'GLOBAL DEFAULT   14 napi_register',
    'LOCAL  HIDDEN    14 napi_register',
    ['does not export napi_register_module_v1'],
  ],
])('for Linux, %s', (_, name, from, to, faults) => {
  expect(elfFaults(name, elf.replace(from, to))).toEqual(faults)
})

test.each([
  ['a right one', '', '', []],
  ['another machine', 'pei-x86-64', 'pei-aarch64', ['is not for x64 Windows']],
  ['Node by its name', 'msvcrt.dll', 'node.exe', ['needs a program that is called node.exe']],
  [
    'Python by its name',
    'msvcrt.dll',
    'python311.dll',
    ['needs python311.dll: Python is found at run time'],
  ],
  ['a library of the compiler', 'msvcrt.dll', 'libstdc++-6.dll', ['needs libstdc++-6.dll']],
  [
    'an entry point that is missing',
    'node_api_module_get_api_version_v1',
    'other',
    ['does not export node_api_module_get_api_version_v1'],
  ],
])('for Windows, %s', (_, from, to, faults) => {
  expect(peFaults(pe.replace(from, to))).toEqual(faults)
})
