// Tensors: memory of JavaScript's for from_dlpack, and python.view of what gives one.
import { describe, expect, test } from 'vitest'
import { kw, type PyProxy, python } from '../../lib/index.js'
import { collect } from '../fixtures/collect.js'
import { hasNumpy, isCopied } from '../fixtures/memory-items.js'
import { skipLoudly } from '../fixtures/pythons.js'
import { refusal, thrown } from '../fixtures/thrown.js'

python.exec(`
import ctypes, gc
is_valid = ctypes.pythonapi.PyCapsule_IsValid
is_valid.argtypes = [ctypes.py_object, ctypes.c_char_p]
def name_of(capsule):
    names = [b'dltensor', b'dltensor_versioned', b'used_dltensor', b'used_dltensor_versioned']
    return [name.decode() for name in names if is_valid(capsule, name)]
def tensor(memory, **keywords):
    return memory.__dlpack__(**keywords)
class Giver:
    """Has a tensor of somebody's, and says how it is asked."""
    def __init__(self, memory, is_old=False):
        self.memory, self.is_old = memory, is_old
    def __dlpack_device__(self): return self.memory.__dlpack_device__()
    def __dlpack__(self, **keywords):
        if self.is_old and keywords: raise TypeError('no such keyword')
        self.capsule = self.memory.__dlpack__(**keywords)
        return self.capsule
`)
const tensor = python.eval('tensor')
const nameOf = python.eval('name_of')
const Giver = python.eval('Giver')

const typed: [string, ArrayBufferView][] = [
  ['int8', new Int8Array([-128, 127])],
  ['uint8', new Uint8Array([0, 255])],
  ['int16', new Int16Array([-1, 1])],
  ['uint16', new Uint16Array([1, 2])],
  ['int32', new Int32Array([-1, 1])],
  ['uint32', new Uint32Array([1, 2])],
  ['float32', new Float32Array([0.5, Number.NaN])],
  ['float64', new Float64Array([0.1, -0])],
  ['int64', new BigInt64Array([-1n, 1n])],
  ['uint64', new BigUint64Array([1n, 2n ** 64n - 1n])],
]

describe('a capsule', () => {
  const memory = (options = {}) => python.memory(new Float32Array([1, 2]), options)

  // A copy is read-only, which only version 1.0 can say.
  test.skipIf(isCopied).each([
    [{}, 'dltensor'],
    [{ max_version: null }, 'dltensor'],
    [{ max_version: [0, 8] }, 'dltensor'],
    [{ max_version: [1, 0] }, 'dltensor_versioned'],
    [{ max_version: [2, 7] }, 'dltensor_versioned'],
    [{ dl_device: [1, 0], stream: null, copy: false }, 'dltensor'],
    [{ copy: true }, 'dltensor'],
    [{ copy: true, max_version: [1, 0] }, 'dltensor_versioned'],
  ])('asked for with %o is a %s', (options, name) => {
    expect(nameOf(tensor(memory(), kw(options)))).toEqual([name])
  })

  test.each([
    [{ stream: 1 }, 'no streams'],
    [{ dl_device: [2, 0] }, 'on the CPU'],
    [{ dl_device: [1, 1] }, 'on the CPU'],
  ])('asked for with %o is refused', (options, why) => {
    expect(String(thrown(() => tensor(memory(), kw(options))))).toContain(why)
  })

  test('of memory that is read-only says so, or is refused where it cannot', () => {
    const readonly = memory({ readonly: true })
    expect(String(thrown(() => tensor(readonly)))).toContain('max_version=(1, 0)')
    expect(nameOf(tensor(readonly, kw({ max_version: [1, 0] })))).toEqual(['dltensor_versioned'])
    expect(nameOf(tensor(readonly, kw({ copy: true })))).toEqual(['dltensor'])
  })

  test('is on the CPU', () => {
    expect(memory().__dlpack_device__()).toEqual([1, 0])
  })

  test('that nobody takes leaves nothing', async () => {
    const before = await collect()
    for (let i = 0; i < 300; i++)
      tensor(python.memory(new Uint8Array(1000)), kw({ max_version: [1, 0] }))
    const after = await collect()
    expect(Math.abs(after[0] - before[0])).toBeLessThan(5)
  })

  test('is taken once', () => {
    const giver = Giver(memory())
    const view = python.view(giver)
    expect(view.toArray()).toEqual([1, 2])
    expect(nameOf(giver.capsule)).toEqual(['used_dltensor_versioned'])
    python.exec(
      'class Again(Giver):\n  def __dlpack__(self, **keywords): return self.memory.capsule',
    )
    python.exec('Again.__dlpack_device__ = lambda self: (1, 0)')
    const again = python.eval('Again')(giver)
    expect(String(thrown(() => python.view(again)))).toContain('PyCapsule')
    view.release()
    expect(String(thrown(() => python.view(again)))).toContain('PyCapsule')
  })
})

describe('python.view of what gives a tensor', () => {
  test.each(typed)('%s', (dtype, values) => {
    const view = python.view(Giver(python.memory(values)))
    expect(view.dtype).toBe(dtype)
    expect([...view.copy()]).toEqual([...(values as Uint8Array)])
    expect(view.readonly).toBe(isCopied)
    if (!isCopied) expect(view.data).toEqual(values)
  })

  test.skipIf(isCopied)('by the protocol before 1.0', () => {
    const giver = Giver(python.memory(new Int16Array([1, 2, 3, 4]), { shape: [2, 2] }), true)
    expect(python.view(giver).toArray()).toEqual([
      [1, 2],
      [3, 4],
    ])
    expect(nameOf(giver.capsule)).toEqual(['used_dltensor'])
  })

  test('keeps it for as long as JavaScript looks', async () => {
    const view = python.view(Giver(python.memory(new Uint8Array(70_000).fill(7))))
    await collect()
    python.exec('junk = [bytearray(b"x" * 70_000) for _ in range(20)]; del junk')
    for (let i = 0; i < 20; i++) new Uint8Array(70_000).fill(1)
    expect(view.toArray().every((each: number) => each === 7)).toBe(true)
  })

  test('of one that is read-only cannot be written', () => {
    const view = python.view(Giver(python.memory(new Uint8Array(2), { readonly: true })))
    expect(view.readonly).toBe(true)
    refusal('CONVERSION', () => view.data)
  })
})

if (!hasNumpy) skipLoudly('from_dlpack of NumPy', `${python.info.executable} has no numpy`)
else {
  const np = python.import('numpy')
  const described = python.eval('lambda a: (str(a.dtype), a.shape, a.flags.writeable, a.tolist())')

  describe('from_dlpack of NumPy', () => {
    test.each(typed)('%s', (dtype, values) => {
      const numbers = [...(values as unknown as Iterable<number | bigint>)]
      const items = numbers.map((each) => (typeof each === 'bigint' ? Number(each) : each))
      const [name, shape, writeable, all] = described(np.from_dlpack(python.memory(values)))
      expect([name, shape, writeable]).toEqual([dtype, [2], !isCopied])
      expect(all.map(Number)).toEqual(items)
      expect(
        described(np.from_dlpack(python.memory(values), kw({ copy: true }))).slice(0, 2),
      ).toEqual([dtype, [2]])
    })

    test.skipIf(isCopied)('shares, and copies where it is asked to', () => {
      const values = new Float64Array(6)
      const memory = python.memory(values, { shape: [2, 3] })
      np.from_dlpack(memory).fill(7)
      expect(values[5]).toBe(7)
      np.from_dlpack(memory, kw({ copy: true })).fill(9)
      expect(values[5]).toBe(7)
    })

    test('memory that is read-only stays so; a copy may be written', () => {
      const memory = python.memory(new Uint8Array(3), { readonly: true })
      expect(described(np.from_dlpack(memory))[2]).toBe(false)
      expect(described(np.from_dlpack(memory, kw({ copy: true })))[2]).toBe(true)
    })

    test('without axes, and without items', () => {
      expect(described(np.from_dlpack(python.memory(new Int8Array([5]), { shape: [] })))).toEqual([
        'int8',
        [],
        !isCopied,
        5,
      ])
      const none = python.memory(new Float32Array(0), { shape: [2, 0] })
      expect(described(np.from_dlpack(none))).toEqual(['float32', [2, 0], !isCopied, [[], []]])
    })

    test('keeps the memory when everything else of it is gone', async () => {
      const keep = (value: PyProxy) =>
        python.eval('lambda a: globals().update(kept=a)')(np.from_dlpack(value))
      keep(python.memory(new Uint8Array(70_000).fill(7)))
      await collect()
      python.exec('junk = [bytearray(b"x" * 70_000) for _ in range(20)]; del junk')
      for (let i = 0; i < 20; i++) new Uint8Array(70_000).fill(1)
      await collect()
      expect(python.eval('bool((kept == 7).all())')).toBe(true)
      python.exec('del kept; gc.collect()')
    })
  })
}

if (python.eval('__import__("importlib.util").util.find_spec("torch") is None')) {
  skipLoudly('tensors of PyTorch', `${python.info.executable} has no torch`)
} else {
  const torch = python.import('torch')

  test('PyTorch and JavaScript have the same memory', () => {
    const values = new Float32Array([1, 2, 3])
    const there = torch.from_dlpack(python.memory(values))
    there.mul_(2)
    expect([...values]).toEqual([2, 4, 6])
    const view = python.view(torch.arange(4))
    expect([view.dtype, view.toArray()]).toEqual(['int64', [0n, 1n, 2n, 3n]])
    const half = python.view(torch.ones(2, kw({ dtype: torch.bfloat16 })))
    expect([half.dtype, half.toArray()]).toEqual(['bfloat16', [1, 1]])
    const grad = torch.ones(2, kw({ requires_grad: true }))
    expect(refusal('CONVERSION', () => python.view(grad))).toContain('grad')
  })
}
