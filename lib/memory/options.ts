/** What {@link Python.view} takes. */
export interface ViewOptions {
  /**
   * Typed arrays also over memory that is read-only. Writing to one would change constants of Python's,
   * or end the process: the caller promises not to.
   */
  unsafe?: boolean
}

/** What {@link Python.memory} takes. */
export interface MemoryOptions {
  /** How many items there are along each axis; by default all of them along one. */
  shape?: readonly number[]
  /** Whether Python may not write there. */
  readonly?: boolean
}

/** What `python.table` takes. */
export interface TableOptions {
  /** The module `apache-arrow`; by default the one that the program finds. */
  arrow?: unknown
}

/** A table of apache-arrow, which has much more: `python.table<Table>(x)` says so. */
export interface ArrowTable {
  readonly numRows: number
  readonly numCols: number
  readonly schema: object
  readonly batches: readonly object[]
  // biome-ignore lint/suspicious/noExplicitAny: apache-arrow has the types.
  getChild(name: string): any
  // biome-ignore lint/suspicious/noExplicitAny: apache-arrow has the types.
  get(row: number): any
  // biome-ignore lint/suspicious/noExplicitAny: apache-arrow has the types.
  toArray(): any[]
}
