// Arrow's own integration files, read here and there: the same tables, and over the bridge and back.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as arrow from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { kw, type PyProxy, python } from '../../../lib/index.js'
import { fieldsOf, valuesOf } from '../../fixtures/arrow-tables.js'
import { skipLoudly } from '../../fixtures/pythons.js'
import { refusal } from '../../fixtures/thrown.js'

/** Types that apache-arrow does not have. */
const refused = /list_view|run_end_encoded/
/** Some columns have the same name, which apache-arrow's reader gives the type of the last one. */
const readWrongly = /duplicate_fieldnames|generated_union/
const folder = new URL('../../fixtures/arrow-testing/', import.meta.url).pathname

const files = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => readdirSync(join(folder, name)).map((file) => join(name, file)))
  .sort()

if (python.eval('__import__("importlib.util").util.find_spec("pyarrow")') === null) {
  skipLoudly('Arrow’s integration files', `${python.info.executable} has no pyarrow`)
} else {
  const pa = python.import('pyarrow')
  const open = python.import('pyarrow.ipc').open_stream
  const inPython = (file: string): PyProxy => open(readFileSync(join(folder, file))).read_all()
  const inJavaScript = (file: string): arrow.Table =>
    arrow.tableFromIPC(readFileSync(join(folder, file)))

  /** Some of the files have dates in the middle of a day. */
  const validate = python.eval(`lambda table, original: table.validate(
    full=not any("date64" in str(field.type) for field in original.schema))`)

  describe.each(files.filter((file) => !refused.test(file)))('%s', (file) => {
    test('is the same table here and there', () => {
      const [there, here] = [inPython(file), inJavaScript(file)]
      const came = python.table<arrow.Table>(there, { arrow })
      if (readWrongly.test(file)) {
        const types = came.schema.fields.map(({ type }) => String(type))
        expect(new Set(types).size).toBe(types.length)
        return
      }
      expect(fieldsOf(came)).toEqual(fieldsOf(here))
      expect(valuesOf(came)).toEqual(valuesOf(here))
      const went = pa.table(python.table(here))
      validate(went, there)
      expect(went.equals(there)).toBe(true)
    })

    test('comes back as it was', () => {
      const there = inPython(file)
      // Made anew: a table that Python has given comes home as itself.
      const came = python.table<arrow.Table>(there, { arrow })
      const back = pa.table(python.table(new arrow.Table(came.schema, came.batches)))
      validate(back, there)
      expect(back.equals(there, kw({ check_metadata: true }))).toBe(true)
    })
  })

  test.each(files.filter((file) => refused.test(file)))('%s is refused, with the type', (file) => {
    const message = refusal('CONVERSION', () => python.table(inPython(file)))
    expect(message).toMatch(/apache-arrow has no columns of the type (large_)?(list_view|run_end)/)
  })
}
