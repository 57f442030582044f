// Says what a cell of the matrix is made of: the last line is JSON.
import process from 'node:process'
import { python } from '../../dist/index.js'

const { bun, deno, node } = process.versions
const name = bun ? 'Bun' : deno ? 'Deno' : 'Node'
const version = python.version
const { freeThreaded, internals } = python.info
const debug = python.eval('hasattr(__import__("sys"), "gettotalrefcount")')
const libc = python.eval('" ".join(__import__("platform").libc_ver())')
const runtime = `${name} ${bun ?? deno ?? node}`
console.log(JSON.stringify({ version, debug, freeThreaded, runtime, libc, ...internals }))
