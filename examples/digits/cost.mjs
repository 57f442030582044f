const calls = 200_000
const repetitions = 9

/**
 * What one warm call of a Python function costs, beside the same call of a JavaScript one.
 *
 * @param {(x: number) => number} increment Python's x + 1
 */
export function costOfCall(increment) {
  // Two loops, each with a call site of its own: a shared one would slow the faster function down.
  const inPython = nanoseconds((n) => {
    let x = 0
    for (let i = 0; i < n; i++) x = increment(x)
    return x
  })
  const own = (/** @type {number} */ x) => x + 1
  const inJavaScript = nanoseconds((n) => {
    let x = 0
    for (let i = 0; i < n; i++) x = own(x)
    return x
  })
  const total = new Intl.NumberFormat('en').format(calls * repetitions)
  const python = `${inPython.toFixed(0)} ns for x + 1 in Python`
  return `${python}, ${inJavaScript.toFixed(1)} ns in JavaScript (inlined); ${total} calls each`
}

/**
 * The median of some repetitions, after a warm-up.
 *
 * @param {(n: number) => number} loop returns n, so that no engine can leave out a call
 */
function nanoseconds(loop) {
  loop(calls)
  const samples = Array.from({ length: repetitions }, () => {
    const begin = performance.now()
    const answer = loop(calls)
    const elapsed = performance.now() - begin
    if (answer !== calls) throw new Error(`${calls} calls of x + 1 gave ${answer}`)
    return (elapsed * 1e6) / calls
  })
  return /** @type {number} */ (samples.sort((a, b) => a - b)[repetitions >> 1])
}
