// Tables wherever they cross: lib/memory/arrow/converter.ts.
import * as arrow from 'apache-arrow'
import { expect, test } from 'vitest'
import { converters, python, withOptions } from '../../../lib/index.js'
import { skipLoudly } from '../../fixtures/pythons.js'
import { refusal } from '../../fixtures/thrown.js'

if (python.eval('__import__("importlib.util").util.find_spec("pyarrow")') === null) {
  skipLoudly('the converter of tables', `${python.info.executable} has no pyarrow`)
} else {
  python.exec(`
import pyarrow as pa
def table(): return pa.table({"a": [1, 2]})
def column(): return pa.chunked_array([[1], [2]])
def batches():
    for i in range(3): yield pa.record_batch({"i": [i]})
def total(t): return sum(pa.table(t)["a"].to_pylist())
class Holder: inner = table()
same = lambda t: t
`)
  const main = python.import('__main__')
  const within = <T>(body: () => T): T => python.withConverters(converters.arrow(arrow), body)

  test('results, callbacks, items of what is copied, and what generators yield are tables', () => {
    within(() => {
      expect(main.table()).toBeInstanceOf(arrow.Table)
      expect([...main.column()]).toEqual([1n, 2n])
      expect(python.eval('[table(), 1]')[0]).toBeInstanceOf(arrow.Table)
      expect([...main.batches()].map((each: arrow.Table) => each.getChild('i')?.get(0))).toEqual([
        0n,
        1n,
        2n,
      ])
      expect(python.eval('lambda f: f(table())')((t: unknown) => t instanceof arrow.Table)).toBe(
        true,
      )
    })
    expect(main.table()).not.toBeInstanceOf(arrow.Table)
  })

  test('what is reached through an attribute stays a reference', () => {
    within(() => expect(main.Holder.inner).not.toBeInstanceOf(arrow.Table))
  })

  test('tables of JavaScript arrive as Arrow data, off-thread too, and come home', async () => {
    const table = arrow.tableFromArrays({ a: Int32Array.of(1, 2, 3) })
    await within(async () => {
      expect(main.total(table)).toBe(6)
      expect(main.same(table)).toBe(table)
      expect(main.same([{ table }])[0].table).toBe(table)
      expect(await main.total.async(table)).toBe(6)
    })
    const type = python.eval('lambda t: type(t).__name__')
    expect(within(() => type(table))).toBe('Table')
    expect(type(table)).toBe('JsProxy')
  })

  test('by reference nothing is made', () => {
    within(() => {
      const held = withOptions(main.table, { returns: 'ref' })()
      expect(held.num_rows).toBe(2)
    })
  })

  test('another module is refused', () => {
    refusal('INVALID_ARGUMENT', () => converters.arrow({}))
  })
}
