// By name: what is done, and by whom in which way. A way is a function that is timed, made with what
// the contender has opened; it gives what proves that it was done.

/** @typedef {(opened: object) => () => unknown} Way */

const size = 2 ** 20
const rows = 1_000_000

export const workloads = {
  freshView: {
    title: '8 MiB ndarray, a new view of it',
    ways: {
      pybridge: ({ python, get_array }) => {
        const array = get_array()
        return () => {
          const view = python.view(array)
          const { length } = view.data
          view.release()
          return length
        }
      },
      'pybridge, copied': ({ python, get_array }) => {
        const array = get_array()
        return () => python.view(array).copy().length
      },
      'pybridge, JSON':
        ({ get_array_json }) =>
        () =>
          JSON.parse(get_array_json()).length,
      'node-calls-python':
        ({ get_array_list }) =>
        () =>
          get_array_list().length,
    },
    proof: size,
  },
  view: {
    title: '8 MiB ndarray, a view where there is one',
    ways: {
      pybridge: ({ python, get_array }) => {
        const array = get_array()
        const kept = python.view(array) // so that there is one
        return () => python.view(array).itemSize + kept.itemSize
      },
    },
    proof: 16,
  },
  arrayIn: {
    title: '8 MiB Float64Array to NumPy',
    given: () => new Float64Array(size).fill(0.5),
    ways: {
      pybridge:
        ({ take_array }, given) =>
        () =>
          take_array(given),
      'pybridge, JSON':
        ({ take_array_json }, given) =>
        () =>
          take_array_json(JSON.stringify(Array.from(given))),
      'node-calls-python': ({ take_array }, given) => {
        const list = Array.from(given)
        return () => take_array(list)
      },
    },
    proof: 0.5,
  },
  tableOut: {
    title: 'table of pyarrow, 10⁶ rows, 10 columns',
    ways: {
      pybridge: ({ python, get_table }) => {
        const table = get_table()
        return () => python.table(table).numRows
      },
      'pybridge, Arrow IPC':
        ({ arrow, get_table_ipc }) =>
        () =>
          arrow.tableFromIPC(get_table_ipc()).numRows,
      'pybridge, JSON':
        ({ get_table_json }) =>
        () =>
          JSON.parse(get_table_json()).int.length,
      'node-calls-python':
        ({ get_table_lists }) =>
        () =>
          get_table_lists().int.length,
    },
    proof: rows,
  },
  frameOut: {
    title: 'DataFrame of pandas, the same',
    ways: {
      pybridge: ({ python, get_frame }) => {
        const frame = get_frame()
        return () => python.table(frame).numRows
      },
    },
    proof: rows,
  },
  tableIn: {
    title: 'table of apache-arrow to pyarrow, the same',
    given: ({ arrow, get_table_ipc }) => arrow.tableFromIPC(get_table_ipc()),
    ways: {
      pybridge:
        ({ python, take_table }, given) =>
        () =>
          take_table(python.table(given)),
      'pybridge, Arrow IPC':
        ({ arrow, take_table_ipc }, given) =>
        () =>
          take_table_ipc(Buffer.from(arrow.tableToIPC(given))),
    },
    proof: rows,
  },
}
