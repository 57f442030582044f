import { PyDate } from './py-date.js'

export interface DateParts {
  wall: number
  microsecond: number
  fold: number
  timezone: object | null
}

/** What goes back; undefined once its time was changed. */
export function partsOf(date: PyDate): DateParts | undefined {
  const { wall, microsecond, fold, timezone } = date
  return Number.isNaN(wall) ? undefined : { wall, microsecond, fold, timezone }
}

/** A hook of native code. */
export function makeDate(...parts: ConstructorParameters<typeof PyDate>): PyDate {
  return new PyDate(...parts)
}
