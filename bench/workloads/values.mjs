import { inspect, isDeepStrictEqual } from 'node:util'
import { isAlike } from './alike.mjs'

const is = (wanted) => (value) => isAlike(value, wanted)
const isBytes = (value) =>
  (value instanceof Uint8Array || value instanceof ArrayBuffer) &&
  isDeepStrictEqual([...new Uint8Array(value)], [0, 255])

/**
 * What is carried out and back, by its name in `SAMPLES` of `subject.py`: its Python, and whether
 * JavaScript has it as a value of its own.
 */
export const values = {
  bigInteger: { title: '`2**70`', fits: is(2n ** 70n) },
  safeInteger: { title: '`2**53 - 1`', fits: (value) => Number(value) === Number.MAX_SAFE_INTEGER },
  integralFloat: { title: '`3.0`', fits: is(3) },
  negativeZero: { title: '`-0.0`', fits: is(-0) },
  tinyFloat: { title: '`1e-8`', fits: is(1e-8) },
  hugeFloat: { title: '`1e300`', fits: is(1e300) },
  notANumber: { title: '`nan`', fits: is(Number.NaN) },
  none: { title: '`None`', fits: is(null) },
  boolean: { title: '`True`', fits: is(true) },
  astral: { title: "`'😀!'`", fits: is('\u{1f600}!') },
  nul: { title: "`'a\\0b'`", fits: is('a\0b') },
  surrogate: { title: "`'a\\ud800'`", fits: is('a\ud800') },
  bytes: { title: "`b'\\0\\xff'`", fits: isBytes },
  tuple: { title: "`(1, 'a', None)`", fits: is([1, 'a', null]) },
  set: { title: '`{1, 2}`', fits: is(new Set([1, 2])) },
  integerKeys: {
    title: "`{1: 'a', 2: 'b'}`",
    fits: is(
      new Map([
        [1, 'a'],
        [2, 'b'],
      ]),
    ),
  },
  nested: {
    title: "`{'a': [1, {'b': [None, True]}]}`",
    fits: is({ a: [1, { b: [null, true] }] }),
  },
  datetime: {
    title: '`datetime(2024, 2, 29, 12, tzinfo=utc)`',
    fits: is(new Date(Date.UTC(2024, 1, 29, 12))),
  },
}

/** Carries each out and back, and prints what became of it, until one does not come back in time. */
export async function carry({ sample, arrived }, names, print, patience = 5000) {
  for (const name of names) {
    const late = new Promise((resolve) => setTimeout(resolve, patience, { died: 'not in time' }))
    const outcome = await Promise.race([there(name, sample, arrived), late])
    print({ name, ...outcome })
    if (outcome.died) return
  }
}

async function there(name, sample, arrived) {
  let value
  try {
    value = await sample(name)
  } catch (error) {
    return { refused: error.message }
  }
  const fits = values[name].fits(value)
  const seen = { fits, object: Object(value) === value, seen: describe(value) }
  try {
    return { ...seen, became: await arrived(name, value) }
  } catch (error) {
    return { ...seen, refused: error.message }
  }
}

const describe = (value) => inspect(value, { breakLength: Infinity, depth: 2 }).slice(0, 60)
