// Reads the arrow line of ARCHITECTURE.md and fails when an include or an import points right.
// Usage: check-rooms.mjs [FOLDER]
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url))

const arrows = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8').match(/`(\w+(?: ← \w+)+)`/)
if (arrows === null) {
  console.error('ARCHITECTURE.md has no line of rooms, such as `errors ← cpython ← runtime`')
  process.exit(2)
}
const rooms = arrows[1].split(' ← ')
// The files that know every room stand to the right of them all.
const order = [...rooms, 'addon', 'index', 'cli']

/** Comments may mention what code may not use. Newlines stay, so that line numbers stay right. */
const blank = (text) => text.replace(/[^\n]/g, ' ')
const withoutComments = (code) => code.replace(/(?<=^|\s)\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, blank)

// `import type` and `export type` leave no import behind, so they have no direction; `import { type
// A }` does leave one. The clause in between may span lines.
const imports = [
  /^[ \t]*import\s+(?!type\b)(?:[\w$*\s,]*(?:\{[^}]*\})?\s*from\s*)?['"](\.[^'"]+)['"]/gm,
  /^[ \t]*export\s+(?:\*(?:\s+as\s+[\w$]+)?|\{[^}]*\})\s*from\s*['"](\.[^'"]+)['"]/gm,
  /\bimport\s*\(\s*['"](\.[^'"]+)['"]/g,
]

const trees = {
  native: {
    files: /\.(h|cpp|def)$/,
    *uses(source) {
      const includes = /^[ \t]*#[ \t]*include[ \t]+"(\w+)[/.]/gm
      for (const { index, 1: room } of withoutComments(source).matchAll(includes)) {
        yield { index, room }
      }
    },
  },
  lib: {
    files: /\.[cm]?ts$/,
    *uses(source, file) {
      const code = withoutComments(source)
      for (const pattern of imports) {
        for (const { index, 1: path } of code.matchAll(pattern)) {
          const [tree, room = ''] = posix.join(posix.dirname(file), path).split('/')
          if (tree === 'lib') yield { index, room: stem(room) }
        }
      }
    },
  },
  'python/pybridge': {
    files: /\.pyi?$/,
    *uses(source) {
      // Docstrings show imports; those under TYPE_CHECKING are for types alone.
      const code = source
        .replace(/("""|''')[\s\S]*?\1/g, blank)
        .replace(/^if (?:\w+\.)?TYPE_CHECKING:\n(?:[ \t]+.*\n|\n)+/gm, blank)
      const one = /^[ \t]*(?:from[ \t]+\.(\w+)|(?:from|import)[ \t]+pybridge\.(\w+))/gm
      for (const { index, 1: relative, 2: absolute } of code.matchAll(one)) {
        yield { index, room: relative ?? absolute }
      }
      const many = /^[ \t]*from[ \t]+(?:\.|pybridge)[ \t]+import[ \t]+(\([^)]*\)|.*)/gm
      for (const { index, 1: names } of code.matchAll(many)) {
        for (const [room] of names.replace(/#.*|\bas\s+\w+/g, '').matchAll(/\w+/g)) {
          yield { index, room }
        }
      }
    },
  },
}

const stem = (file) => file.replace(/\.[^/]*$/, '')

function* filesUnder(folder) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) yield* filesUnder(path)
    else yield path
  }
}

let wrong = 0
let seen = 0
for (const [tree, { files, uses }] of Object.entries(trees)) {
  if (!existsSync(join(root, tree))) continue
  for (const file of filesUnder(tree)) {
    const room = stem(file.slice(tree.length + 1).split('/')[0])
    if (!files.test(file) || !rooms.includes(room)) continue
    seen += 1
    const source = readFileSync(join(root, file), 'utf8')
    for (const { index, room: used } of uses(source, file)) {
      if (order.indexOf(used) <= order.indexOf(room)) continue
      const line = source.slice(0, index).split('\n').length
      console.error(`${file}:${line}: ${room} may not use ${used}`)
      wrong += 1
    }
  }
}
console.log(`${seen} files in ${rooms.length} rooms, ${wrong} wrong directions`)
process.exitCode = wrong === 0 ? 0 : 1
