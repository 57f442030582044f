// Tests of what a runtime does differently, by what it lacks. They run all the same, and are counted
// apart from failures; docs/support.md says each to users.
const differences = []

/** Why this test differs there; undefined where it must pass. */
export function differenceOf(runtime, test) {
  return differences.find((one) => one.runtimes.includes(runtime) && one.tests.test(test))?.why
}
