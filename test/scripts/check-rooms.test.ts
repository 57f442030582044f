import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'

const script = fileURLToPath(new URL('../../scripts/check-rooms.mjs', import.meta.url))
const arrows = 'Rooms: `errors ← cpython ← runtime ← convert ← object ← call` ← index.\n'

let folder = ''
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** What the script says about a tree of these files, and how it ends. */
function check(files: Record<string, string>) {
  folder = mkdtempSync(join(tmpdir(), 'rooms-'))
  for (const [file, text] of Object.entries({ 'ARCHITECTURE.md': arrows, ...files })) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, folder], {
    encoding: 'utf8',
  })
  return { status, complaints: stderr.trim().split('\n').filter(Boolean), summary: stdout.trim() }
}

test.each([
  ['an include', 'native/convert/text.h', '#pragma once\n#include "object/proxy.h"', 2, 'object'],
  ['an include of the addon', 'native/convert/text.h', '#include "addon.h"', 1, 'addon'],
  ['an import', 'lib/errors/a.ts', "import { b } from '../object/b.js'", 1, 'object'],
  ['a bare import', 'lib/errors/a.ts', "import '../object/b.js'", 1, 'object'],
  ['an import over lines', 'lib/errors/a.ts', "\nimport {\n  b,\n} from '../call/b.js'", 2, 'call'],
  ['a default import', 'lib/errors/a.ts', "import b, { c } from '../object/b.js'", 1, 'object'],
  ['a star import', 'lib/errors/a.ts', "import * as b from '../object/b.js'", 1, 'object'],
  ['an import two floors down', 'lib/runtime/x/a.ts', "import '../../call/b.js'", 1, 'call'],
  [
    'an import that keeps a type',
    'lib/errors/a.ts',
    "import { type B } from '../call/b.js'",
    1,
    'call',
  ],
  ['a dynamic import', 'lib/errors/a.ts', "const b = () => import('../call/b.js')", 1, 'call'],
  ['a re-export', 'lib/errors/a.ts', "export { b } from '../call/b.js'", 1, 'call'],
  ['a re-export of all', 'lib/errors/a.ts', "export * from '../call/b.js'", 1, 'call'],
  ['an import of index', 'lib/call/a.ts', "import { b } from '../index.js'", 1, 'index'],
  ['a relative import', 'python/pybridge/convert.py', 'import os\nfrom .call import b', 2, 'call'],
  ['a module import', 'python/pybridge/convert.py', 'from . import (\n  call,\n)', 1, 'call'],
  ['a full import', 'python/pybridge/convert.py', 'import pybridge.call as c', 1, 'call'],
  [
    'a late import',
    'python/pybridge/convert.py',
    'def f():\n    from pybridge.call import b',
    2,
    'call',
  ],
])('%s that points right is named with its line', (_what, file, text, line, used) => {
  const { status, complaints } = check({ [file]: text })
  const room = file.split('/')[file.startsWith('python') ? 2 : 1]?.replace('.py', '')
  expect(complaints).toEqual([`${file}:${line}: ${room} may not use ${used}`])
  expect(status).toBe(1)
})

test('imports that point left, inside a room, out of the tree or at types only are fine', () => {
  const { status, complaints, summary } = check({
    'native/object/proxy.cpp':
      '#include "convert/context.h"\n#include "object/proxy.h"\n#include <call/x>\n',
    'native/convert/text.cpp': '// #include "object/proxy.h"\n/* \n#include "call/x.h"\n*/\n',
    'native/addon.cpp': '#include "call/call.h"\n',
    'lib/object/a.ts': [
      "import { readFileSync } from 'node:fs'",
      "import { b } from '../errors/b.js'",
      "import { c } from './c.js'",
      "import type { D } from '../call/d.js'",
      'export const e = 1',
      '',
      'import type {',
      '  F,',
      "} from '../call/f.js'",
      "export type { G } from '../call/g.js'",
      "// import { h } from '../call/h.js'",
      '/**',
      " * import { i } from '../call/i.js'",
      ' */',
    ].join('\n'),
    'lib/index.ts': "export * from './call/a.js'",
    'python/pybridge/call.py': 'from .convert import a\nfrom pybridge import errors, _native\n',
    'python/pybridge/convert.py': [
      '"""Shows.',
      'from .call import never',
      '"""',
      'from typing import TYPE_CHECKING',
      'if TYPE_CHECKING:',
      '    from .call import Call',
      '',
      'from .errors import call',
      '',
    ].join('\n'),
    'python/pybridge/__init__.py': 'from .call import b\n',
  })
  expect(complaints).toEqual([])
  expect(summary).toBe('5 files in 6 rooms, 0 wrong directions')
  expect(status).toBe(0)
})

test('without a line of rooms there is nothing to check, and that is a failure', () => {
  const { status, complaints } = check({ 'ARCHITECTURE.md': 'no rooms\n' })
  expect(complaints).toEqual([expect.stringContaining('has no line of rooms')])
  expect(status).toBe(2)
})
