// The tables of docs/memory.md are true, and are what the page has.
import { describe, expect, test } from 'vitest'
import { BridgeError, type PyBuffer, python } from '../../lib/index.js'
import { hasBackingStores } from '../fixtures/backing-stores.js'
import { defineItems, hasNumpy } from '../fixtures/memory-items.js'
import { given, inPython, viewed } from '../fixtures/memory-table.js'
import { expectPageToHave, table } from '../fixtures/page.js'
import { skipLoudly } from '../fixtures/pythons.js'

const { evaluate } = defineItems()
const isJudged = hasNumpy && hasBackingStores() && process.arch === 'x64'
python.exec(inPython)
if (hasNumpy) python.exec('import numpy as np')

if (!isJudged) skipLoudly('the tables of docs/memory.md', 'they are made with NumPy, on x64')
else {
  describe('the sources of a row have the same in common:', () => {
    test.each(viewed)('$name', ({ sources }) => {
      const rows = sources.map(rowOf)
      for (const row of rows) expect(row.slice(1)).toEqual(rows[0]?.slice(1))
    })
  })

  test('docs/memory.md has these tables', async () => {
    await expectPageToHave('docs/memory.md', {
      'from Python': table(
        ['Python', '`dtype`', '`data`', 'an item, of `at`'],
        viewed.map(({ name, sources }) => [name, ...sources.slice(0, 1).flatMap(rowOf)]),
      ),
      'from JavaScript': table(
        ['JavaScript', '`memoryview.format`', '`numpy.asarray`', '`numpy.from_dlpack`'],
        given.map(([name, make]) => [name, ...describedInPython(make())]),
      ),
    })
  })
}

/** The dtype, and what the others of a row have in common: the typed array and the items. */
function rowOf(source: string): [dtype: string, data: string, item: string] {
  const view = orNull(() => python.view(evaluate(source)))
  if (view === null) return ['throws', 'throws', 'throws']
  const item = orNull(() => view.at(0))
  const isReadonly = view.readonly && python.view(view.object, { unsafe: true }).data
  return [`\`${view.dtype}\``, isReadonly ? 'throws: read-only' : dataOf(view), kindOf(item)]
}

function dataOf(view: PyBuffer): string {
  const data = orNull(() => view.data)
  if (data === null) return 'throws'
  const perItem = data.length / view.length
  const name = `\`${data.constructor.name}\``
  if (view.dtype === 'float16') return '`Float16Array` where there is one, else `Uint16Array`'
  return perItem === 1 ? name : `${name}, ${perItem} for each item`
}

function kindOf(item: unknown): string {
  if (item === null || item === undefined) return 'throws'
  if (Buffer.isBuffer(item)) return '`Buffer`'
  if (typeof item !== 'object') return `\`${typeof item}\``
  return 'real' in item ? '`{ real, imaginary }`' : 'plain object'
}

function describedInPython(value: object): string[] {
  return python
    .eval(
      'lambda m, memory: (m.format, str(np.asarray(m).dtype), str(np.from_dlpack(memory).dtype))',
    )(value, python.memory(value as ArrayBuffer))
    .map((each: string) => `\`${each}\``)
}

function orNull<T>(body: () => T): T | null {
  try {
    return body()
  } catch (error) {
    if (error instanceof BridgeError && error.code === 'CONVERSION') return null
    throw error
  }
}
