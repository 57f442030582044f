/**
 * A `datetime` of Python's: a `Date` that keeps its microseconds, its fold and its time zone. It
 * goes back as an equal `datetime` with the same zone; once its time was changed, as any `Date`.
 *
 * @example
 * const when = python.eval('__import__("datetime").datetime(2026, 1, 2, 3, 4, 5, 678901)')
 * when.microsecond // 678901
 * when.naive // true
 */
export class PyDate extends Date {
  static {
    Object.defineProperty(this.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value(this: PyDate) {
        return `PyDate ${this.toString()}`
      },
    })
  }

  readonly #time: number
  readonly #wall: number
  /** 0 to 999,999: `getMilliseconds()` has only the first three digits. */
  readonly microsecond: number
  /** 1 for the second of two wall clock times that are the same (PEP 495). */
  readonly fold: 0 | 1
  /** The `tzinfo`; null where there is none. */
  readonly timezone: object | null
  /** Whether it is without a time zone, and read as local time, as Python does. */
  readonly naive: boolean

  /** @internal */
  constructor(
    time: number,
    wall: number,
    microsecond: number,
    fold: number,
    timezone: object | null,
    naive: boolean,
  ) {
    super(time)
    this.#time = time
    this.#wall = wall
    this.microsecond = microsecond
    this.fold = fold === 0 ? 0 : 1
    this.timezone = timezone
    this.naive = naive
    for (const name of ['microsecond', 'fold', 'timezone', 'naive']) {
      Object.defineProperty(this, name, { writable: false, enumerable: false })
    }
  }

  /** The date and time of the clock there, in milliseconds as if that were UTC; NaN once changed. */
  get wall(): number {
    return this.getTime() === this.#time ? this.#wall : Number.NaN
  }

  /** As Python's `isoformat()` has it, without the zone where it is naive. */
  override toString(): string {
    const { wall } = this
    if (Number.isNaN(wall)) return super.toString()
    const clock = new Date(wall).toISOString().replace(/^\+0*(?=\d{4}-)/, '')
    const text = `${clock.slice(0, 19)}.${String(this.microsecond).padStart(6, '0')}`
    return this.naive ? text : `${text}${offsetText(wall - this.#time)}`
  }
}

function offsetText(milliseconds: number): string {
  const minutes = Math.round(Math.abs(milliseconds) / 60_000)
  const two = (number: number): string => String(number).padStart(2, '0')
  return `${milliseconds < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}
