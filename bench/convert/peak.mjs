import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * How much resident memory one crossing adds at its highest point, and how large its result is, in
 * bytes. Linux only, which forgets the highest point where it is asked to. Run with --expose-gc.
 *
 * @param start makes the value of so many elements, and resolves to what carries it.
 * @param make makes the value in JavaScript: a result may have room to spare, which is no part of it.
 */
export async function measurePeak(start, direction, count, make) {
  const cross = ({ give, take, values }) => (direction === 'out' ? give() : take(values))
  const small = await start(100)
  if (small.unable || small.wrong) return small
  for (let i = 0; i < 5; i++) await cross(small) // what the code itself takes

  const carrier = await start(count)
  await settle()
  const before = residentBytes('VmRSS')
  writeFileSync('/proc/self/clear_refs', '5')
  await cross(carrier)
  const growth = residentBytes('VmHWM') - before
  return { growth, size: direction === 'out' ? await sizeOf(make) : carrier.size() }
}

/** What letting go of it gives back. */
async function sizeOf(make) {
  const held = [make()]
  await settle()
  const full = heapSize()
  held.pop()
  await settle()
  return full - heapSize()
}

async function settle() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc()
    await sleep(20)
  }
}

function heapSize() {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function residentBytes(name) {
  const [, kibibytes] = readFileSync('/proc/self/status', 'utf8').match(`${name}:\\s*(\\d+) kB`)
  return Number(kibibytes) * 1024
}
