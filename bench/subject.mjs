/** The Python that every contender runs, and its functions, by name. */
export const subject = new URL('./subject.py', import.meta.url)

export const functions = [
  ...['noop', 'add', 'hello', 'make', 'same', 'boom', 'letters', 'callbacks', 'named'],
  ...['small_list', 'small_dict', 'small_tuple', 'take_small_list', 'take_small_dict'],
  ...['floats', 'take_floats', 'ints', 'take_ints', 'rows', 'take_rows'],
  ...['sample', 'arrived'],
]

/** One property for each function. */
export const eachFunction = (make) =>
  Object.fromEntries(functions.map((name) => [name, make(name)]))
