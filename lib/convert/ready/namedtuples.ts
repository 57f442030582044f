import { PyRecord, records } from './records.js'

/** A namedtuple: its fields are own properties, and `for…of` goes through their values. */
export class PyNamedTuple extends PyRecord {
  *[Symbol.iterator](): Generator<unknown, void, undefined> {
    yield* Object.values(this)
  }
}

export const namedtuples = records('pybridge.ready.is_namedtuple', PyNamedTuple, {
  isBegun: false,
  tracksChanges: false,
})
