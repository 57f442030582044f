import { setTimeout as sleep } from 'node:timers/promises'

export { sleep }

export const half = (samples) => quantile(samples, 0.5)
export const p99 = (samples) => quantile(samples, 0.99)

function quantile(samples, share) {
  return samples.toSorted((a, b) => a - b)[Math.floor((samples.length - 1) * share)]
}

/** Nanoseconds that `body` takes, again and again; `before` is not counted, nor are the first two. */
export async function timeEach(repetitions, body, before = () => {}) {
  const samples = []
  for (let i = -2; i < repetitions; i++) {
    await before()
    const begin = process.hrtime.bigint()
    await body(i)
    if (i >= 0) samples.push(Number(process.hrtime.bigint() - begin))
  }
  return samples
}

export class WrongAnswer extends Error {}

export function expectEqual(answer, expected) {
  if (answer !== expected) throw new WrongAnswer(`${answer} instead of ${expected}`)
}
