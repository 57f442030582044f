// What one would write without a bridge: one long-lived `python3`, JSON lines, promises by number.
import { fileURLToPath } from 'node:url'
import { eachFunction, subject } from '../subject.mjs'
import { contend } from './contend.mjs'
import { startChild } from './json-child.mjs'

await contend(({ python }) => describe(startChild(python, fileURLToPath(subject))), { waits: true })

function describe({ request, register }) {
  const { make, ...plain } = eachFunction(
    (name) =>
      (...values) =>
        request(name, values),
  )
  return {
    ...plain,
    named: (values) => request('named', [], values),
    callbacks: (f, count) => request('callbacks', [register(f), count]),
    thing: {
      add: (a, b) => request('thing.add', [a, b]),
      get number() {
        return request('thing.number')
      },
    },
  }
}
