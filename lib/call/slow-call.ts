import { fileURLToPath } from 'node:url'

const warned = new Set<string>()
const ours = fileURLToPath(new URL('.', import.meta.url))

/** The frame that called into the bridge, as V8 writes it. */
function findCaller(stack: string): string | undefined {
  return stack
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
    .find((line) => !line.includes(ours) && !line.includes('node:internal'))
}

/**
 * A sync call held the event loop (a hook of native code): warned of once per place, and not before
 * the loop runs, when there is nothing yet to hold.
 */
export function warnSlow(milliseconds: number): void {
  if (performance.nodeTiming.loopStart === -1) return
  const place = findCaller(new Error().stack ?? '') ?? 'an unknown place'
  if (warned.has(place)) return
  warned.add(place)
  process.emitWarning(`a call into Python held the event loop for more than ${milliseconds} ms`, {
    type: 'PybridgeWarning',
    code: 'PYBRIDGE_SLOW_CALL',
    detail: `${place}\nawait fn.async(…) runs it on another thread; python.start({ slowCall: 0 }) ends this warning`,
  })
}
