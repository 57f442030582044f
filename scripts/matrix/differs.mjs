// Tests of what a runtime does differently, by what it lacks. They run all the same, and are counted
// apart from failures; docs/support.md says each to users.
const differences = [
  {
    runtimes: ['bun'],
    tests: /an unhandled rejection|sys\.exit in (an async function|a worker)/,
    why: 'an unhandled rejection has no `uncaughtExceptionMonitor`, and its `exit` event says 0',
  },
  {
    runtimes: ['bun'],
    tests:
      /nobody catches it: traceback|a shell sees 130|a rejection that nobody handles|while the end waits/,
    why: 'an error at the top of a module has no `uncaughtExceptionMonitor`: the status is 1',
  },
  {
    runtimes: ['bun'],
    tests: /after removeAllListeners\(\), which leaves Node deaf|where once has heard one already/,
    why: 'it does not tell of a listener that it removes itself',
  },
  {
    runtimes: ['bun', 'deno'],
    tests: /has written its coverage|still writes NODE_V8_COVERAGE/,
    why: 'it writes no NODE_V8_COVERAGE',
  },
  {
    runtimes: ['deno'],
    tests:
      /an uncaught (exception|PythonError|throw)|an unhandled (rejection|PythonError)|nobody catches it: traceback|while the end waits/,
    why: 'it ends by an uncaught error without its `exit` event: `atexit` does not run, and the status is 1',
  },
  {
    runtimes: ['deno'],
    tests: /still writes --(cpu|heap)-prof/,
    why: 'it has no such profiles',
  },
  {
    runtimes: ['deno'],
    tests: /sys\.exit in a listener of exit/,
    why: 'what a listener of its `exit` event throws is an error, whatever it is',
  },
  {
    runtimes: ['deno'],
    tests:
      /memory of Python’s (is not transferred|goes back at the end of a worker)|Python’s memory goes back at the end/,
    why: 'memory of Python’s can be transferred, and goes back with its collector, also after the end of a worker',
  },
  {
    runtimes: ['deno'],
    tests: /in a folder that is gone|with 18 file descriptors/,
    why: 'it does not start there itself',
  },
]

/** Why this test differs there; undefined where it must pass. */
export function differenceOf(runtime, test) {
  return differences.find((one) => one.runtimes.includes(runtime) && one.tests.test(test))?.why
}
