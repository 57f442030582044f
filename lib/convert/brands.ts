/**
 * Copies keep their type: what came from a tuple is a tuple again when it goes back, although
 * JavaScript has only arrays.
 */
export const tuples = new WeakSet<readonly unknown[]>()
export const frozensets = new WeakSet<ReadonlySet<unknown>>()

/** Maps that came from a dict whose keys are not all strings. */
export const dicts = new WeakSet<ReadonlyMap<unknown, unknown>>()

/** The order of a dict's keys, where a JavaScript object would put integer-like ones first. */
export const keyOrders = new WeakMap<object, readonly string[]>()
