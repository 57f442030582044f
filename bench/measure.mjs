// Not tinybench: it reads the clock around every call, which costs as much as these calls do.
import { newIncrement } from './workloads.mjs'

/** Nanoseconds per operation, repetition by repetition; or the first answer that was not right. */
export function measure(workload, subject, { repetitions, iterations, milliseconds }) {
  const loop = compile(workload, { ...subject, increment: newIncrement() })
  warmUp(loop)

  const count = Math.ceil(iterations * Math.max(1, milliseconds / time(loop, iterations).elapsed))
  const expected = workload.answer(count)
  const samples = []
  for (let i = 0; i < repetitions; i++) {
    const { elapsed, answer } = time(loop, count)
    if (answer !== expected) return { wrong: `${String(answer)} instead of ${String(expected)}` }
    samples.push((elapsed * 1e6) / count)
  }
  return { iterations: count, samples }
}

/** Until V8 has compiled the loop and its heap has the size that this loop wants. */
function warmUp(loop) {
  const end = performance.now() + 100
  while (performance.now() < end) loop(10_000)
}

/**
 * Megabytes of resident memory that `operations` in one turn of the event loop add: at the highest
 * point, and after the turn. Run with --expose-gc.
 */
export async function measureGrowth(workload, subject, { operations }) {
  const loop = compile(workload, { ...subject, increment: newIncrement() })
  const slices = 20
  const count = Math.ceil(operations / slices)
  growYoungGeneration()
  loop(Math.ceil(count / 5)) // no more: memory that the warm-up leaves free would hide growth
  await settle()

  const before = process.memoryUsage.rss()
  let peak = before
  let elapsed = 0
  for (let i = 0; i < slices; i++) {
    const slice = time(loop, count)
    if (slice.answer !== workload.answer(count)) return { wrong: String(slice.answer) }
    elapsed += slice.elapsed
    peak = Math.max(peak, process.memoryUsage.rss())
  }
  await settle()
  const after = process.memoryUsage.rss()
  return {
    growth: (peak - before) / 2 ** 20,
    kept: (after - before) / 2 ** 20,
    nanoseconds: (elapsed * 1e6) / (count * slices),
  }
}

/** To the size that V8 would give it sooner or later: that growth is nobody's leak. */
function growYoungGeneration() {
  const survivors = new Array(100_000)
  for (let i = 0; i < 5_000_000; i++) survivors[i % survivors.length] = { i }
}

/** Collects, and lets finalisers run: they wait for the turn to end. */
async function settle() {
  for (let i = 0; i < 5; i++) {
    globalThis.gc()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Compiled anew each time, so that V8 has seen its call sites call one function only. */
function compile({ uses, javascript }, subject) {
  const make = new Function(...uses, `return function loop(n) { ${javascript} }`)
  return make(...uses.map((name) => subject[name]))
}

function time(loop, count) {
  const begin = performance.now()
  const answer = loop(count)
  return { elapsed: performance.now() - begin, answer }
}

export function summarise(samples) {
  const sorted = samples.toSorted((a, b) => a - b)
  return { median: median(sorted), min: sorted[0], max: sorted.at(-1), samples: sorted.length }
}

function median(sorted) {
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
