// What takes too long for every run: the tests of threads and endings under seeded delays, under a
// sanitizer, or many times over, and other platforms.
import { delimiter, join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildCmake } from './build-cmake.mjs'
import { bin, isMain, root, run } from './command.mjs'
import { cross } from './cross.mjs'
import { setup } from './setup.mjs'

const help = `Stresses the bridge, and prints what failed.

  npm run stress -- schedule [--seeds N] [--from SEED]   seeded delays where threads meet
  npm run stress -- asan                                 address and undefined behaviour
  npm run stress -- gc                                   both collectors, all the time
  npm run stress -- tsan [--rounds N]                    data races
  npm run stress -- soak [--repeat N]                    each race N times
  npm run stress -- values [--cases N]                   generated values there and back, a million
  npm run stress -- layouts [--only N]                   no layout of Python's read, on each Python of
                                                         PYBRIDGE_TEST_PYTHONS, or on the Nth alone

A schedule that fails names its seed: PYBRIDGE_SCHEDULE=<seed> makes the same delays again.`

// Rooms where threads meet.
const threaded = [
  'test/jobs',
  'test/call/threads.test.ts',
  'test/call/callback-elsewhere.test.ts',
  'test/call/post.test.ts',
  'test/call/async.test.ts',
  'test/call/limits.test.ts',
]
const races = [
  'test/runtime/terminate.test.ts',
  'test/runtime/endings.test.ts',
  'test/runtime/workers.test.ts',
]

// What is generated: each reads PYBRIDGE_TEST_CASES.
const generated = [
  'test/convert/property.test.ts',
  'test/convert/hypothesis.test.ts',
  'test/convert/second-opinions.test.ts',
  'test/convert/modes.test.ts',
  'test/convert/fuzz.test.ts',
  'test/memory/property.test.ts',
]

async function vitest(files, { env = {}, timeout = 10 * 60_000, testTimeout = 120_000 } = {}) {
  const options = { show: true, env, timeout }
  const { code } = await run(
    process.execPath,
    [bin('vitest'), 'run', '--reporter=dot', `--testTimeout=${testTimeout}`, ...files],
    options,
  )
  return code === 0
}

async function library(name) {
  const { output } = await run('gcc', [`-print-file-name=${name}`])
  return output.trim()
}

async function schedule({ seeds = 3, from = dayNumber() }) {
  if ((await buildCmake('debug')).code !== 0) return { passed: 0, failed: 1 }
  const counts = { passed: 0, failed: 0 }
  for (let seed = from; seed < from + seeds; seed++) {
    console.log(`stress: schedule ${seed}`)
    const env = { PYBRIDGE_PREBUILD: join(root, 'build/debug'), PYBRIDGE_SCHEDULE: `${seed}` }
    if (await vitest(threaded, { env })) counts.passed++
    else counts.failed++
  }
  return counts
}

/** Builds with a sanitizer, and gives what loads it into node; undefined where it does not work. */
async function sanitizer(kind, libraries, env) {
  const preloaded = await Promise.all(libraries.map(library))
  const preload = { ...env, LD_PRELOAD: preloaded.join(' ') }
  const { code, output } = await run(process.execPath, ['--version'], { env: preload })
  if (code !== 0 || /cannot be preloaded/.test(output)) {
    console.log(`stress: ${kind} is skipped: node does not run under it here\n${output.trimEnd()}`)
    return undefined
  }
  if ((await buildCmake(kind)).code !== 0) throw new Error(`the ${kind} build failed`)
  return { ...preload, PYBRIDGE_PREBUILD: join(root, 'build', kind) }
}

async function asan() {
  const env = await sanitizer('asan', ['libasan.so', 'libstdc++.so'], {
    ASAN_OPTIONS: 'detect_leaks=0:quarantine_size_mb=64',
    PYTHONMALLOC: 'malloc', // so that Python's own objects are watched too
  })
  if (env === undefined) return { passed: 0, failed: 0, skipped: 1 }
  const passed = await vitest(
    ['test/convert', 'test/object', 'test/memory', 'test/call', 'test/jobs'],
    { env },
  )
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1 }
}

/** V8 moves what it can at each of its collections, and collects often; Python does at each allocation. */
async function gc() {
  const flags = ['--expose-gc', '--stress-scavenge=5', '--stress-compaction']
  const storm = flags.map((flag) => `--execArgv=${flag}`)
  const env = { PYTHONPATH: join(root, 'test/fixtures/storm') }
  const files = [
    'test/memory',
    'test/object',
    'test/call/callback.test.ts',
    'test/convert/sharing.test.ts',
  ]
  const passed = await vitest([...storm, ...files], { env, testTimeout: 600_000 })
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1 }
}

// node and Python are not instrumented: the storm runs in a plain process, and what those do among
// themselves is suppressed.
async function tsan({ rounds = 20 }) {
  const suppressions = join(root, 'scripts/tsan/suppressions.txt')
  const env = await sanitizer('tsan', ['libtsan.so'], {
    TSAN_OPTIONS: `suppressions=${suppressions} history_size=7`,
    PYBRIDGE_STORM_ROUNDS: `${rounds}`,
  })
  if (env === undefined) return { passed: 0, failed: 0, skipped: 1 }
  const options = { show: true, env, timeout: 10 * 60_000 }
  const { code } = await run(process.execPath, [join(root, 'scripts/tsan/storm.mjs')], options)
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 }
}

async function soak({ repeat = 100 }) {
  const env = { PYBRIDGE_TEST_REPEAT: `${repeat}` }
  const passed = await vitest([...races, ...threaded], { env, timeout: 60 * 60_000 })
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1 }
}

/** The tests of generated values, one by one, with so many of them. */
async function values({ cases = 1_000_000 }) {
  const env = { PYBRIDGE_TEST_CASES: `${cases}` }
  const longest = 6 * 3_600_000
  const counts = { passed: 0, failed: 0 }
  for (const file of generated) {
    console.log(`stress: ${cases} cases of ${file}`)
    if (await vitest([file], { env, timeout: longest, testTimeout: longest })) counts.passed++
    else counts.failed++
  }
  return counts
}

/** The rooms that read Python's objects, by its functions alone. */
async function layouts({ only }) {
  const prefixes = (process.env.PYBRIDGE_TEST_PYTHONS ?? '').split(delimiter).filter(Boolean)
  const all = ['', ...prefixes.map((prefix) => join(prefix, 'bin/python3'))] // '': the default one
  const chosen = only === undefined ? all : [all[only % all.length]]
  const counts = { passed: 0, failed: 0 }
  for (const python of chosen) {
    console.log(`stress: layouts off, ${python || 'the default Python'}`)
    const env = { PYBRIDGE_LAYOUTS: 'off', PYBRIDGE_TEST_PYTHONS: '' }
    if (python !== '') env.PYBRIDGE_PYTHON = python
    if (
      await vitest(['test/convert', 'test/object', 'test/memory', 'test/call', 'test/cpython'], {
        env,
      })
    )
      counts.passed++
    else counts.failed++
  }
  return counts
}

const parts = {
  schedule,
  asan,
  gc,
  tsan,
  soak: (options) => soak({ repeat: 20, ...options }),
  values: (options) => values({ cases: 50_000, ...options }),
  layouts: (options) => layouts({ only: turn(), ...options }), // one Python a turn
  arm64: () => cross('arm64'),
  windows: () => cross('windows'),
  musl: () => cross('musl'),
}

const dayNumber = () => Math.floor(Date.now() / 86_400_000)
const turn = () => Math.floor(dayNumber() / Object.keys(parts).length)

/** One part a day, in turn; PYBRIDGE_CI_PART names another. */
export async function rotating() {
  const names = Object.keys(parts)
  const name = process.env.PYBRIDGE_CI_PART ?? names[dayNumber() % names.length]
  console.log(`ci: today's part is ${name}`)
  const counts = await parts[name]({})
  return { skipped: 0, ...counts }
}

if (isMain(import.meta.url)) {
  const { values: options, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seeds: { type: 'string' },
      from: { type: 'string' },
      repeat: { type: 'string' },
      rounds: { type: 'string' },
      cases: { type: 'string' },
      only: { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  const part = { schedule, asan, gc, tsan, soak, values, layouts }[positionals[0]]
  if (options.help || part === undefined) {
    console.log(help)
    process.exitCode = options.help ? 0 : 2
  } else if (await setup()) {
    const numbers = Object.entries(options).map(([name, value]) => [name, Number(value)])
    const { passed, failed, skipped = 0 } = await part(Object.fromEntries(numbers))
    console.log(`stress: ${passed} passed, ${failed} failed, ${skipped} skipped`)
    process.exitCode = failed === 0 ? 0 : 1
  } else {
    process.exitCode = 1
  }
}
