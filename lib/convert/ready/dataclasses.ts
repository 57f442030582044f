import { PyRecord, records } from './records.js'

/** A dataclass: its fields are own properties, and go back as they are then. */
export class PyDataclass extends PyRecord {}

export const dataclasses = records('dataclasses.is_dataclass', PyDataclass, {
  isBegun: true,
  tracksChanges: false,
})
