import { PyRecord, records } from './records.js'

/**
 * A model of pydantic's: its fields are own properties. What was changed is assigned in Python, so
 * that it counts as set, and is validated where the model says so.
 */
export class PyModel extends PyRecord {}

// Version 1 has no such attribute; its models stay references.
export const pydantic = records('__pydantic_fields_set__', PyModel, {
  isBegun: true,
  tracksChanges: true,
})
