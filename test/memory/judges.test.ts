// NumPy's own tests, over memory that JavaScript allocates: test/fixtures/numpy_over_javascript.py. They
// come with NumPy's wheels. With PYBRIDGE_TEST_CASES above 10,000 also those that take minutes.
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { python, withOptions } from '../../lib/index.js'
import { hasBackingStores } from '../fixtures/backing-stores.js'
import { temporaryFolder } from '../fixtures/python-tree.js'
import { skipLoudly } from '../fixtures/pythons.js'

const isLong = Number(process.env.PYBRIDGE_TEST_CASES ?? 10_000) > 10_000

/** What a test asks for that memory of somebody else's cannot be, or that is not of memory at all. */
const reasons = {
  owner:
    'asks whether the array owns its memory, or is the one that was copied: JavaScript owns it',
  count: 'counts references of the array: a tensor of ours keeps the memory, not the array',
  stream:
    'wants a RuntimeError for a stream: the array API has BufferError for what cannot be done',
  name: 'asks for the signature of a function that is wrapped here',
}

interface Judge {
  file: string
  /** Tests to run, as pytest's -k; all by default. */
  select?: string
  /** Do arrays give the tensor of their memory? */
  tensors?: true
  /** At least so many pass. */
  least: number
  excluded?: Record<string, keyof typeof reasons>
  isLong?: true
}

const judges: readonly Judge[] = [
  {
    file: 'test_dlpack',
    tensors: true,
    least: 70,
    excluded: {
      test_dunder_dlpack_refcount: 'count',
      test_from_dlpack_refcount: 'count',
      test_dunder_dlpack_stream: 'stream',
    },
  },
  {
    file: 'test_multiarray',
    select:
      'TestNewBufferProtocol or TestArrayInterface or TestFromBuffer or TestAlignment or TestFlags or ' +
      'TestAttributes or TestPEP3118Dtype or TestCTypes or TestViewDtype or TestAssignment or TestIO or ' +
      'TestPickling or TestTake or TestSort',
    least: 200,
    excluded: { 'TestFlags::test_otherflags': 'owner' },
  },
  { file: 'test_indexing', least: 90 },
  { file: 'test_item_selection', least: 250 },
  { file: 'test_mem_overlap', select: 'not many and not fuzz', least: 10 },
  { file: 'test_mem_overlap', least: 20, isLong: true },
  { file: 'test_nditer', least: 800, isLong: true },
  {
    file: 'test_multiarray',
    select: 'not huge', // arrays of 8 GiB
    least: 13_000,
    isLong: true,
    excluded: {
      'TestFlags::test_otherflags': 'owner',
      'TestArrayConstruction::test_array_copy': 'owner',
      'TestArrayConstruction::test_array_signature': 'name',
      'TestResize::test_basic': 'owner',
      TestArrayCreationCopyArgument: 'owner',
      TestSizeOf: 'owner',
      TestTextSignatures: 'name',
    },
  },
]

python.start({ slowCall: 0 })
const isCopied = !hasBackingStores()
const lacking = ['numpy', 'pytest', 'numpy._core.tests'].filter((name) => {
  const find = python.eval('lambda name: __import__("importlib.util").util.find_spec(name) is None')
  try {
    return find(name)
  } catch {
    return true // of a package that is not there
  }
})

if (lacking.length > 0 || isCopied) {
  const why = isCopied ? 'JavaScript’s memory is copied here' : `there is no ${lacking.join(', ')}`
  skipLoudly('NumPy’s own tests', why)
} else {
  python.import('sys').path.insert(0, fileURLToPath(new URL('../fixtures', import.meta.url)))
  const { run } = python.import('numpy_over_javascript')
  const allocate = (name: string, shape: number[]) => {
    const { [name]: Class } = globalThis as unknown as Record<string, typeof Uint8Array>
    const count = shape.reduce((product, each) => product * each, 1)
    return python.memory(new (Class as typeof Uint8Array)(count), { shape })
  }

  test.each(judges.filter((judge) => isLong || !judge.isLong))(
    '$file $select',
    ({ file, select = '', tensors = false, least, excluded = {} }) => {
      const [passed, , failed, counts] = withOptions(run, { timeout: 580_000 })(
        temporaryFolder(),
        file,
        select,
        tensors,
        allocate,
      )
      const isExcluded = (name: string) => Object.keys(excluded).some((each) => name.includes(each))
      const wrong = Object.entries(failed).filter(([name]) => !isExcluded(name))
      expect(wrong).toEqual([])
      // One that passes is to be judged again.
      for (const name of Object.keys(excluded)) {
        expect(
          Object.keys(failed).some((each) => each.includes(name)),
          name,
        ).toBe(true)
      }
      expect(passed).toBeGreaterThanOrEqual(least)
      expect(counts.arrays).toBeGreaterThan(0)
      if (tensors) expect(counts.tensors).toBeGreaterThan(30)
    },
    600_000,
  )
}
