import { binding } from '../runtime/binding.js'

/**
 * Native code sweeps dead proxies every so many creations. This finds those that die while none are
 * made: a witness that the collector takes says that it has run, and that a sweep may find something.
 */
const witness = new FinalizationRegistry<null>(() => {
  sweep()
  watch()
})

/** A sweep looks at every proxy: it may take at most this share of the time. */
const maxShare = 0.02
let notBefore = 0

function sweep(): void {
  const begun = performance.now()
  if (begun < notBefore) return
  try {
    binding.sweep()
  } catch {
    return // Python has ended: there is nothing left to free
  }
  const ended = performance.now()
  notBefore = ended + (ended - begun) / maxShare
}

export function watch(): void {
  witness.register({}, null)
}
