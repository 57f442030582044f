import { join, sep } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { root } from '../runtime/package.js'
import { givenOptions } from '../runtime/start.js'

const warned = new Set<string>()
/** The code of the package, as a stack names it: by path or by URL, and where source maps point. */
const folders = ['dist', 'lib'].map((name) => join(root, name, sep))
const ours = [...folders, ...folders.map((path) => pathToFileURL(path).href)]
/** Functions of the engine's own, in V8 and in JavaScriptCore. */
const others = [
  ...ours,
  'node:internal',
  '(<anonymous>)',
  '(native)',
  '(unknown',
  'at native',
  'at unknown',
]

/** The frame that called into the bridge, as the engine writes it. */
function findCaller(): string | undefined {
  let stack: unknown
  try {
    stack = new Error().stack
  } catch {} // of Error.prepareStackTrace, which is the user's
  if (typeof stack !== 'string') return undefined
  return stack
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
    .find((line) => !others.some((other) => line.includes(other)))
}

/** What is open in a script that only computes. */
const idle = new Set(['TTYWrap', 'PipeWrap', 'MessagePort', 'CloseReq', 'FSReqPromise'])

/**
 * Whether anything waits for the loop that was held: a server, a timer, a request. Bun does not say
 * what is open: there only who set a limit is told.
 */
function isAwaited(): boolean {
  if (process.versions.bun !== undefined) return givenOptions().slowCall !== undefined
  return process.getActiveResourcesInfo().some((resource) => !idle.has(resource))
}

/** A sync call held the event loop (a hook of native code): warned of once per place. */
export function warnSlow(milliseconds: number): void {
  if (!isAwaited()) return
  const place = findCaller() ?? 'an unknown place'
  if (warned.has(place)) return
  warned.add(place)
  process.emitWarning(`a call into Python held the event loop for more than ${milliseconds} ms`, {
    type: 'PybridgeWarning',
    code: 'PYBRIDGE_SLOW_CALL',
    detail: `${place}\nawait fn.async(…) runs it on another thread; python.start({ slowCall: 0 }) ends this warning`,
  })
}
