// Not tinybench: it reads the clock around every call, which costs as much as these calls do.
import { inspect } from 'node:util'
import { isAlike } from './workloads/alike.mjs'
import { newIncrement, said } from './workloads/calls.mjs'

/** So long is a slice at least, in milliseconds: the clock is read around each. */
const slice = 0.1

/**
 * Nanoseconds per operation: of each repetition as a whole, and of its slices, of which those of
 * long operations hold one each; or the first answer that was not right.
 */
export async function measure(workload, subject, { repetitions, milliseconds, waits }) {
  const loop = compile(workload, subject, waits)
  const count = await warmUp(loop)
  const expected = workload.answer(count)
  const primitive = Object(expected) !== expected
  const samples = []
  const slices = []
  for (let i = 0; i < repetitions; i++) {
    let spent = 0
    let rounds = 0
    let answer
    while (spent < milliseconds) {
      const timed = await time(loop, count)
      spent += timed.elapsed
      rounds++
      slices.push((timed.elapsed * 1e6) / count)
      answer = timed.answer
      if (primitive && answer !== expected) return wrong(answer, expected)
    }
    if (!isAlike(answer, expected)) return wrong(answer, expected)
    samples.push((spent * 1e6) / (rounds * count))
  }
  return { iterations: count, samples, slices: thin(slices) }
}

function wrong(answer, expected) {
  const options = { maxArrayLength: 3, maxStringLength: 40, depth: 1, breakLength: Infinity }
  const show = (value) => inspect(value, options).slice(0, 60)
  return { wrong: `${show(answer)} instead of ${show(expected)}` }
}

/**
 * Until V8 has compiled the loop and its heap has the size that this loop wants. Gives how many
 * operations fill a slice.
 */
export async function warmUp(loop, wanted = { milliseconds: 100, turns: 3, slice }) {
  const end = performance.now() + wanted.milliseconds
  for (let count = 1, turns = 1; ; turns++) {
    const { elapsed } = await time(loop, count)
    if (turns >= wanted.turns && performance.now() > end) {
      return Math.ceil((count * 1.2 * wanted.slice) / elapsed)
    }
    if (elapsed < 10) count = Math.min(count * 2, 10_000)
  }
}

/** At most a thousand, in order: enough for the 99th of a hundred. */
function thin(slices) {
  const sorted = slices.toSorted((a, b) => a - b)
  if (sorted.length <= 1000) return sorted
  return Array.from({ length: 1000 }, (_, i) => sorted[Math.round((i * (sorted.length - 1)) / 999)])
}

/**
 * Megabytes of resident memory that `operations` in one turn of the event loop add: at the highest
 * point, and after the turn. Run with --expose-gc.
 */
export async function measureGrowth(workload, subject, { operations }) {
  const loop = compile(workload, subject)
  const slices = 20
  const count = Math.ceil(operations / slices)
  growYoungGeneration()
  loop(Math.ceil(count / 5)) // no more: memory that the warm-up leaves free would hide growth
  await settle()

  const before = process.memoryUsage.rss()
  let peak = before
  let elapsed = 0
  for (let i = 0; i < slices; i++) {
    const begin = performance.now()
    const answer = loop(count)
    elapsed += performance.now() - begin
    if (answer !== workload.answer(count)) return { wrong: String(answer) }
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
export function compile({ uses, javascript, given }, subject, waits = false) {
  const from = { said, ...subject, increment: newIncrement(), ...given?.(subject) }
  const body = javascript.replaceAll('WAIT ', waits ? 'await ' : '')
  const make = new Function(...uses, `return ${waits ? 'async ' : ''}function loop(n) { ${body} }`)
  return make(...uses.map((name) => from[name]))
}

/** Only the promises of those that answer by promises are waited for: a turn costs microseconds. */
export async function time(loop, count) {
  const begin = performance.now()
  let answer = loop(count)
  if (answer instanceof Promise) answer = await answer
  return { elapsed: performance.now() - begin, answer }
}

export function summarise(samples) {
  const sorted = samples.toSorted((a, b) => a - b)
  return {
    median: quantile(sorted, 0.5),
    min: sorted[0],
    max: sorted.at(-1),
    samples: sorted.length,
  }
}

/** Of sorted samples; between two, as far as the quantile lies between them. */
export function quantile(sorted, part) {
  const position = (sorted.length - 1) * part
  const below = Math.floor(position)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below)
}

/** The first quarter: what a busy neighbour on the same core has touched least. */
export function quiet(samples) {
  return quantile(
    samples.toSorted((a, b) => a - b),
    0.25,
  )
}
