// Tables of both sides, by Arrow's C data interface: native/memory/arrow_*.cpp, lib/memory/arrow/.
import * as arrow from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { kw, type PyProxy, python, withOptions } from '../../../lib/index.js'
import { valuesOf } from '../../fixtures/arrow-tables.js'
import { collect } from '../../fixtures/collect.js'
import { skipLoudly } from '../../fixtures/pythons.js'
import { refusal } from '../../fixtures/thrown.js'

const has = (module: string): boolean =>
  python.eval(`__import__("importlib.util").util.find_spec("${module}") is not None`)

const toJs = (value: PyProxy): arrow.Table => python.table<arrow.Table>(value, { arrow })
/** Another table of the same values: one that Python has given comes home as itself. */
const anew = ({ schema, batches }: arrow.Table): arrow.Table => new arrow.Table(schema, batches)

if (!has('pyarrow') || !has('numpy')) {
  skipLoudly('tables', `${python.info.executable} has no pyarrow`)
} else {
  const pa = python.import('pyarrow')
  python.import('sys').path.insert(0, new URL('../../fixtures', import.meta.url).pathname)
  const columns = python.import('arrow_columns')
  const names: string[] = python.eval('lambda m: list(m.columns)')(columns)
  const back = (table: arrow.Table): PyProxy => {
    const made = pa.table(python.table(table))
    made.validate(kw({ full: true }))
    return made
  }

  describe.each(names)('a column of the type %s', (name) => {
    test.each(['whole', 'sliced', 'chunked', 'empty', 'without batches'])('%s', (how) => {
      const there = columns.table(name, how)
      const here = toJs(there)
      expect(here.numRows).toBe(there.num_rows)
      expect(back(anew(here)).equals(there, kw({ check_metadata: true }))).toBe(true)
    })

    test('has the values that apache-arrow reads itself', () => {
      const there = columns.table(name, 'chunked')
      python.exec('import io, pyarrow as pa')
      const written: Buffer = python.eval(`lambda t: (
        s := io.BytesIO(), w := pa.ipc.new_stream(s, t.schema), w.write_table(t), w.close(), s.getvalue())[-1]`)(
        there,
      )
      expect(valuesOf(toJs(there))).toEqual(valuesOf(arrow.tableFromIPC(written)))
    })

    test('is sliced in JavaScript, at every bit, and goes back', () => {
      const there = columns.table(name, 'whole')
      const here = toJs(there)
      for (let begin = 0; begin <= here.numRows; begin++) {
        const slice = back(here.slice(begin))
        expect(slice.equals(there.slice(begin)), `from ${begin}`).toBe(true)
        const twice = back(here.slice(begin).slice(1, 3))
        expect(twice.equals(there.slice(begin).slice(1, 2)), `from ${begin}, twice`).toBe(true)
      }
    })
  })

  test('nothing is copied', () => {
    python.exec('import numpy as np\nnumbers = np.arange(4.0)')
    const numbers = python.import('__main__').numbers
    const there = pa.table({ x: numbers })
    const here = toJs(there)
    numbers[2] = 20
    expect([...(here.getChild('x') as arrow.Vector)]).toEqual([0, 1, 20, 3])
    const values = new Float64Array([1, 2, 3])
    const made = new arrow.Table({ y: arrow.makeVector(values) })
    const went = pa.table(python.table(made))
    values[0] = 10
    expect(went.to_pydict().y.tolist?.() ?? python.copy(went.to_pydict()).y).toEqual([10, 2, 3])
  })

  test('the same memory is the same ArrayBuffer, while there is one', async () => {
    const there = pa.table({ x: [1, 2, 3] })
    const memory = () => toJs(there).getChild('x')?.data[0]?.values.buffer
    const first = memory()
    expect(memory()).toBe(first)
    structuredClone(first, { transfer: [first] })
    const second = memory()
    expect(second).not.toBe(first)
    expect(new BigInt64Array(second)[2]).toBe(3n)
    expect(memory()).toBe(second)
    const part = toJs(there.slice(0, 2)).getChild('x')
    expect([...(part as arrow.Vector)]).toEqual([1n, 2n])
  })

  test('a table comes home as itself, from either side', () => {
    const made = arrow.tableFromArrays({ a: [1, 2], b: ['x', 'y'] })
    expect(python.table(python.table(made))).toBe(made)
    expect(python.eval('lambda t: t')(python.table(made))).not.toBe(made)
  })

  test('tables that JavaScript has made', () => {
    const made = arrow.tableFromArrays({
      number: Float32Array.of(1, 2, 3),
      big: BigInt64Array.of(1n, 2n, 3n),
      text: ['a', 'b', 'a'],
      maybe: [true, null, false],
    })
    const there = back(made)
    expect(python.copy(there.to_pydict())).toEqual({
      number: [1, 2, 3],
      big: [1, 2, 3],
      text: ['a', 'b', 'a'],
      maybe: [true, null, false],
    })
    const batch = made.batches[0] as arrow.RecordBatch
    expect(pa.table(python.table(batch as never)).equals(there)).toBe(true)
    const grown = made.concat(
      arrow.tableFromArrays({
        number: Float32Array.of(4),
        big: BigInt64Array.of(4n),
        text: ['z'],
        maybe: [null],
      }) as never,
    )
    expect(python.copy(back(grown).to_pydict()).text).toEqual(['a', 'b', 'a', 'z'])
  })

  test('columns are vectors', () => {
    const there = pa.chunked_array([
      [1, 2],
      [3, null],
    ])
    const here = python.vector<arrow.Vector>(there, { arrow })
    expect([...here]).toEqual([1n, 2n, 3n, null])
    expect(pa.chunked_array(python.table(here as never)).equals(there)).toBe(true)
    expect([...python.vector<arrow.Vector>(pa.array(['a', null]), { arrow })]).toEqual(['a', null])
    expect(python.vector<arrow.Vector>(pa.chunked_array([], pa.int8()), { arrow }).length).toBe(0)
    expect(refusal('CONVERSION', () => python.table(there))).toContain('python.vector(x)')
  })

  test('a stream is read as its batches are asked for', () => {
    python.exec(`
import pyarrow as pa
made = []
def batches():
    for i in range(5):
        made.append(i)
        yield pa.record_batch({"i": [i, 10 * i]})
def reader(): return pa.RecordBatchReader.from_batches(pa.schema([("i", pa.int64())]), batches())
`)
    const main = python.import('__main__')
    const seen: unknown[] = []
    for (const table of python.tables<arrow.Table>(main.reader(), { arrow })) {
      seen.push([...(table.getChild('i') as arrow.Vector)])
      if (seen.length === 2) break
    }
    expect(seen).toEqual([
      [0n, 0n],
      [1n, 10n],
    ])
    expect(python.eval('made')).toEqual([0, 1])
    expect(toJs(main.reader()).numRows).toBe(10)
  })

  test('a stream that fails says why', () => {
    python.exec(`
def failing():
    yield pa.record_batch({"i": [1]})
    raise RuntimeError("the disk is gone")
def failing_reader(): return pa.RecordBatchReader.from_batches(pa.schema([("i", pa.int64())]), failing())
`)
    const message = refusal('CONVERSION', () => toJs(python.import('__main__').failing_reader()))
    expect(message).toContain('the disk is gone')
  })

  test('a batch calls JavaScript, and other threads run, while it is made', () => {
    python.exec(`
import threading
def calling(f):
    def batches():
        for i in range(3):
            done = []
            thread = threading.Thread(target=lambda: done.append(i))
            thread.start()
            thread.join()
            yield pa.record_batch({"i": [f(i) + done[0]]})
    return pa.RecordBatchReader.from_batches(pa.schema([("i", pa.int64())]), batches())
`)
    const table = toJs(python.import('__main__').calling((i: number) => 100 * i))
    expect([...(table.getChild('i') as arrow.Vector)]).toEqual([0n, 101n, 202n])
  })

  test('memory is held for as long as either side looks at it', async () => {
    const kept = (() => toJs(pa.table({ x: [1, 2, 3] })).getChild('x'))() as arrow.Vector
    python.exec('kept = None\ndef keep(t):\n  global kept\n  kept = pa.table(t)')
    python.eval('keep')(python.table(arrow.tableFromArrays({ y: new Float64Array(1000).fill(7) })))
    await collect()
    expect([...kept]).toEqual([1n, 2n, 3n])
    expect(python.eval('sum(kept.to_pydict()["y"])')).toBe(7000)
    python.exec('kept = None')
  })

  test('nothing is left of tables', async () => {
    const there = pa.table({ x: [1, 2, 3], s: ['a', 'b', null] })
    const cross = (): void => {
      for (let i = 0; i < 200; i++) pa.table(python.table(anew(toJs(there))))
    }
    cross()
    const before = await collect()
    cross()
    const after = await collect()
    expect(after[1]).toBe(before[1])
    expect(Math.abs(after[0] - before[0])).toBeLessThan(10)
  })

  test.each([[5], ['a'], [[1]], [{ a: 1 }], [null], [undefined]])('%o is no table', (value) => {
    refusal('INVALID_ARGUMENT', () => python.table(value as unknown as PyProxy))
    refusal('INVALID_ARGUMENT', () => python.vector(value as unknown as PyProxy))
    refusal('INVALID_ARGUMENT', () => [...python.tables(value as unknown as PyProxy)])
  })

  test('what gives no Arrow data is refused, with what to do', () => {
    const message = refusal('CONVERSION', () => python.table(python.import('math')))
    expect(message).toContain('__arrow_c_stream__')
    expect(refusal('INVALID_ARGUMENT', () => python.table(pa.table({}), { arrow: {} }))).toContain(
      'apache-arrow',
    )
  })

  test('a table without columns, and one without rows', () => {
    expect(toJs(pa.table({})).numCols).toBe(0)
    expect(back(anew(toJs(pa.table({ x: pa.array([], pa.string()) })))).num_rows).toBe(0)
  })

  test('metadata stay, and are refused where they are no text', () => {
    const schema = pa.schema(
      [pa.field('x', pa.int8(), kw({ metadata: { unit: 'm' } }))],
      kw({ metadata: { by: 'é' } }),
    )
    const there = pa.table(python.ref({ x: [1] }), kw({ schema }))
    const here = toJs(there)
    expect([...here.schema.metadata]).toEqual([['by', 'é']])
    expect([...(here.schema.fields[0] as arrow.Field).metadata]).toEqual([['unit', 'm']])
    expect(back(anew(here)).schema.equals(schema, kw({ check_metadata: true }))).toBe(true)
    const binary = there.replace_schema_metadata(new Map([[Buffer.from('k'), Buffer.from([0xff])]]))
    expect(refusal('CONVERSION', () => toJs(binary))).toContain('replace_schema_metadata(None)')
  })

  if (!has('pandas')) skipLoudly('DataFrames of pandas', 'there is no pandas')
  else {
    test('a DataFrame of pandas, there and back', () => {
      const pd = python.import('pandas')
      python.exec(`
import pandas as pd
frame = pd.DataFrame({"day": pd.date_range("2026-01-01", periods=3, tz="UTC"), "city": pd.Categorical(["a", "b", "a"]), "n": [1.5, None, 3]})
`)
      const frame = python.import('__main__').frame
      const here = toJs(frame)
      expect([...(here.getChild('n') as arrow.Vector)]).toEqual([1.5, null, 3])
      const again = withOptions(pd.DataFrame.from_arrow, { returns: 'ref' })(
        python.table(anew(here)),
      )
      expect(again.shape.tolist?.() ?? python.copy(again.shape)).toEqual([3, 3])
      expect(
        python.eval('lambda a, b: a["n"].equals(b["n"]) and list(a["city"]) == list(b["city"])')(
          again,
          frame,
        ),
      ).toBe(true)
    })
  }

  if (!has('polars')) skipLoudly('DataFrames of Polars', 'there is no polars')
  else {
    test('a DataFrame of Polars, there and back', () => {
      const pl = python.import('polars')
      const frame = pl.DataFrame({
        text: ['a', null, 'a long text of several words'],
        n: [1, 2, 3],
      })
      const here = toJs(frame)
      expect([...(here.getChild('text') as arrow.Vector)]).toEqual([
        'a',
        null,
        'a long text of several words',
      ])
      expect(pl.DataFrame(python.table(anew(here))).equals(frame)).toBe(true)
      expect([...python.vector<arrow.Vector>(frame.get_column('n'), { arrow })]).toEqual([
        1n,
        2n,
        3n,
      ])
    })
  }

  if (!has('duckdb')) skipLoudly('relations of DuckDB', 'there is no duckdb')
  else {
    test('a relation of DuckDB, and a query over a table of JavaScript’s', () => {
      const duckdb = python.import('duckdb')
      const here = toJs(duckdb.sql("select 42 as answer, 'x' as text"))
      expect([...(here.getChild('answer') as arrow.Vector)]).toEqual([42])
      python.exec(`
import duckdb
def total(numbers): return duckdb.sql("select sum(n) from numbers").fetchall()[0][0]
`)
      const made = arrow.tableFromArrays({ n: Float64Array.of(1, 2, 3) })
      expect(python.eval('total')(python.table(made))).toBe(6)
    })
  }
}
