// Pictures: Pillow's images, OpenCV's arrays, sharp's buffers. python/pybridge/pictures.py,
// native/memory/pictures.cpp.
import { afterEach, describe, expect, test } from 'vitest'
import { python } from '../../lib/index.js'
import { collect } from '../fixtures/collect.js'
import { skipLoudly } from '../fixtures/pythons.js'
import { refusal } from '../fixtures/thrown.js'

const find = python.eval('lambda name: __import__("importlib.util").util.find_spec(name)')
const lacks = (name: string): boolean => find(name) === null
const oldPillow = (): boolean =>
  python.eval('tuple(map(int, __import__("PIL").__version__.split(".")[:2])) < (13, 0)')

const tests: Record<string, [lacking: string[], body: () => void]> = {
  'images of Pillow’s': [['PIL', 'numpy'], images],
  'memory of JavaScript’s as an image of Pillow’s': [['PIL'], fromJavaScript],
  'arrays as OpenCV has them': [['numpy'], arrays],
  OpenCV: [['cv2'], openCv],
  sharp: [['PIL', 'numpy'], withSharp],
}
for (const [name, [needed, body]] of Object.entries(tests)) {
  const lacking = needed.filter(lacks)
  if (lacking.length === 0) describe(name, body)
  else skipLoudly(name, `${python.info.executable} has no ${lacking.join(', ')}`)
}

function images(): void {
  if (oldPillow()) return skipLoudly('views of images', 'Pillow is older than 13')
  const Image = python.import('PIL.Image')
  python.exec('import numpy, PIL, PIL.Image')

  /** Every pixel another one, where the mode has so many. */
  const imageOf = python.eval(`lambda mode: PIL.Image.frombytes(
    "RGB", (5, 3), bytes(range(45))).convert("L" if mode.startswith("I;") else "RGB").convert(mode)`)

  test.each([
    ['1', 'uint8', [3, 5], [5, 1]],
    ['L', 'uint8', [3, 5], [5, 1]],
    ['P', 'uint8', [3, 5], [5, 1]],
    ['I', 'int32', [3, 5], [20, 4]],
    ['F', 'float32', [3, 5], [20, 4]],
    ['I;16', 'uint16', [3, 5], [10, 2]],
    ['I;16L', 'uint16', [3, 5], [10, 2]],
    ['I;16B', '>u2', [3, 5], [10, 2]],
    ['LA', 'uint8', [3, 5, 2], [20, 4, 3]],
    ['La', 'uint8', [3, 5, 2], [20, 4, 3]],
    ['PA', 'uint8', [3, 5, 2], [20, 4, 3]],
    ['RGB', 'uint8', [3, 5, 3], [20, 4, 1]],
    ['YCbCr', 'uint8', [3, 5, 3], [20, 4, 1]],
    ['HSV', 'uint8', [3, 5, 3], [20, 4, 1]],
    ['RGBA', 'uint8', [3, 5, 4], [20, 4, 1]],
    ['RGBa', 'uint8', [3, 5, 4], [20, 4, 1]],
    ['RGBX', 'uint8', [3, 5, 4], [20, 4, 1]],
    ['CMYK', 'uint8', [3, 5, 4], [20, 4, 1]],
  ])('an image of mode %s is %s, as NumPy sees it', (mode, dtype, shape, strides) => {
    const image = ['La', 'RGBa', 'PA', 'I;16L'].includes(mode)
      ? Image.new(mode, [5, 3])
      : imageOf(mode)
    const view = python.view(image)
    expect([view.dtype, view.shape, view.strides, view.readonly, view.isCopy]).toEqual([
      dtype,
      shape,
      strides,
      true,
      false,
    ])
    // NumPy has booleans where Pillow has bytes.
    const array = python.eval('lambda i: numpy.asarray(i).astype(float)')(image)
    const expected = array.tolist()
    const scale = (each: unknown): unknown =>
      Array.isArray(each) ? each.map(scale) : (each as number) * 255
    expect(view.toArray()).toEqual(mode === '1' ? scale(expected) : expected)
  })

  test('it is the memory of the image itself, which says that nobody may write there', () => {
    const image = Image.new('RGBA', [5, 3], '#01020304')
    expect(refusal('CONVERSION', () => python.view(image).data)).toContain('unsafe: true')
    const { data } = python.view(image, { unsafe: true })
    expect(data.length).toBe(60)
    python`${image}.putpixel((1, 0), (9, 8, 7, 6))`
    expect([...data.subarray(0, 8)]).toEqual([1, 2, 3, 4, 9, 8, 7, 6])
    data[0] = 100
    expect(image.getpixel([0, 0])[0]).toBe(100)
    expect(python.view(image, { unsafe: true }).data).toBe(data)
  })

  test('the colours of LAB are 128 more in memory than in what NumPy copies', () => {
    const image = python.eval('PIL.Image.new("LAB", (1, 1), (50, 128 + 3, 128 - 3))')
    expect(python.view(image).at(0, 0).toArray()).toEqual([50, 131, 125])
    expect(python.eval('lambda i: numpy.asarray(i).astype("i1").tolist()')(image)[0][0]).toEqual([
      50, 3, -3,
    ])
  })

  test('a canvas takes it as it is', () => {
    const { data } = python.view(Image.new('RGBA', [5, 3], 'red'), { unsafe: true })
    const clamped = new Uint8ClampedArray(data.buffer, data.byteOffset, data.length)
    expect(clamped.buffer).toBe(data.buffer)
    expect([...clamped.subarray(0, 4)]).toEqual([255, 0, 0, 255])
  })

  test('a copy has the bands without what Pillow puts between them', () => {
    const copied = python.view(Image.new('RGB', [2, 1], '#010203')).copy()
    expect([...copied]).toEqual([1, 2, 3, 1, 2, 3])
    const gray = python.eval('PIL.Image.new("LA", (2, 1), (7, 255))')
    expect([...python.view(gray).copy()]).toEqual([7, 255, 7, 255])
  })

  test('a part of an image is a part of the view', () => {
    const view = python.view(imageOf('RGB'))
    expect(view.slice([1, 3], [null, null, -1], 0).toArray()).toEqual([
      [27, 24, 21, 18, 15],
      [42, 39, 36, 33, 30],
    ])
  })

  test('an image that is not read yet is read', () => {
    python.exec(`
import io
stored = io.BytesIO()
PIL.Image.new("RGB", (4, 2), "#0a141e").save(stored, "PNG")`)
    const view = python.view(python.eval('PIL.Image.open(stored)'))
    expect([view.shape, view.at(1, 3).toArray()]).toEqual([
      [2, 4, 3],
      [10, 20, 30],
    ])
    python.exec('broken = PIL.Image.open(io.BytesIO(stored.getvalue()[:-24]))')
    expect(() => python.view(python.eval('broken'))).toThrow('truncated')
  })

  test.each([
    [0, 3],
    [5, 0],
    [0, 0],
  ])('an image of %i × %i pixels has none', (width, height) => {
    const view = python.view(Image.new('RGBA', [width, height]), { unsafe: true })
    expect([view.shape, view.data.length]).toEqual([[height, width, 4], 0])
  })

  test('one that lies in several pieces is refused, with what to do', () => {
    const allocate = Image.core.set_use_block_allocator
    expect(refusal('CONVERSION', () => python.view(Image.new('RGB', [2500, 2500])))).toMatch(
      /set_use_block_allocator\(1\) before .* numpy\.asarray\(x\), which copies/s,
    )
    allocate(1)
    try {
      const view = python.view(Image.new('RGB', [2500, 2500], '#010203'))
      expect(view.at(2499, 2499).toArray()).toEqual([1, 2, 3])
    } finally {
      allocate(0)
    }
    expect(python.view(Image.new('RGB', [2000, 2000])).shape).toEqual([2000, 2000, 3])
  })

  test('rows that do not follow each other are refused', () => {
    python.exec('rows = bytearray(range(64))')
    for (const source of [
      'PIL.Image.frombuffer("L", (4, 4), rows, "raw", "L", 8, 1)',
      'PIL.Image.frombuffer("L", (4, 4), rows, "raw", "L", 0, -1)',
    ]) {
      expect(refusal('CONVERSION', () => python.view(python.eval(source)))).toContain('one piece')
    }
  })

  describe('of an older Pillow', () => {
    const pretend = python.eval('lambda version: setattr(PIL, "__version__", version)')
    const { __version__: version } = python.import('PIL')
    afterEach(() => pretend(version))

    test('those are refused whose export could end the process', () => {
      pretend('12.3.0')
      expect(refusal('CONVERSION', () => python.view(Image.new('RGB', [2, 2])))).toContain(
        'use Pillow 13',
      )
      Image.core.set_use_block_allocator(1)
      const whole = Image.new('RGB', [2, 2], '#010203')
      Image.core.set_use_block_allocator(0)
      expect(python.view(whole).at(0, 0).toArray()).toEqual([1, 2, 3])
    })

    test('one without an export is told so', () => {
      python.exec(`
class Old(PIL.Image.Image):
  def __getattribute__(self, name):
    if name.startswith("__arrow"): raise AttributeError(name)
    return super().__getattribute__(name)
old = Old()
old._mode, old._size = "L", (1, 1)
old.load = lambda: None`)
      pretend('10.4.0')
      expect(refusal('CONVERSION', () => python.view(python.eval('old')))).toContain(
        'Pillow 10.4.0 does not export its memory',
      )
    })
  })

  test('the pixels stay until JavaScript lets go of them, whatever becomes of the image', async () => {
    const make = python.eval('lambda: PIL.Image.new("RGBA", (500, 500), (1, 2, 3, 4))')
    const data = (() => python.view(make(), { unsafe: true }).data)()
    await collect()
    for (let i = 0; i < 10; i++) make()
    expect([...data.subarray(-4)]).toEqual([1, 2, 3, 4])
  })

  test('an image that gets other pixels has another view', () => {
    const image = Image.new('RGB', [4, 4], '#010203')
    const before = python.view(image)
    python`${image}.thumbnail((2, 2))`
    expect(python.view(image).shape).toEqual([2, 2, 3])
    expect([before.shape, before.at(3, 3).toArray()]).toEqual([
      [4, 4, 3],
      [1, 2, 3],
    ])
  })

  test('nothing is left of views', async () => {
    const make = python.eval('lambda: PIL.Image.new("RGB", (10, 10))')
    const before = await collect()
    for (let i = 0; i < 300; i++) {
      python.view(make())
      python.view(make()).release()
    }
    const after = await collect()
    expect(Math.abs(after[0] - before[0])).toBeLessThan(5)
    expect(after[1]).toBe(before[1])
  })
}

function fromJavaScript(): void {
  const Image = python.import('PIL.Image')
  const over = (pixels: Uint8Array | Uint8ClampedArray, width: number, height: number) =>
    Image.frombuffer('RGBA', [width, height], pixels, 'raw', 'RGBA', 0, 1)

  test.each([
    ['Uint8ClampedArray', new Uint8ClampedArray(24)],
    ['Uint8Array', new Uint8Array(24)],
    ['part of a larger one', new Uint8Array(100).subarray(4, 28)],
  ])('an image over a %s sees what JavaScript writes', (_, pixels) => {
    const image = over(pixels, 3, 2)
    pixels.set([1, 2, 3, 4], 4)
    expect([...image.getpixel([1, 0])]).toEqual([1, 2, 3, 4])
  })

  test('and JavaScript what Pillow writes, once the image is not read-only any more', () => {
    const pixels = new Uint8ClampedArray(24)
    const image = over(pixels, 3, 2)
    image.readonly = 0
    python.import('PIL.ImageDraw').Draw(image).point([2, 1], 'red')
    expect([...pixels.subarray(20)]).toEqual([255, 0, 0, 255])
  })

  test('one that is read-only copies before it writes', () => {
    const pixels = new Uint8ClampedArray(24)
    const image = over(pixels, 3, 2)
    python.import('PIL.ImageDraw').Draw(image).point([2, 1], 'red')
    expect(image.getpixel([2, 1])[0]).toBe(255)
    expect(pixels[20]).toBe(0)
  })

  test('the view of such an image is the same memory again', () => {
    if (oldPillow()) return
    const pixels = new Uint8ClampedArray(24)
    const view = python.view(over(pixels, 3, 2), { unsafe: true })
    pixels[23] = 7
    expect(view.data[23]).toBe(7)
    view.data[0] = 8
    expect(pixels[0]).toBe(8)
  })

  test('the memory stays for as long as the image needs it', async () => {
    const image = (() => over(new Uint8ClampedArray(400_000).fill(9), 1000, 100))()
    await collect()
    expect([...image.getpixel([999, 99])]).toEqual([9, 9, 9, 9])
  })
}

function arrays(): void {
  const np = python.import('numpy')

  test('blue comes first, and what either side writes the other one sees', () => {
    const blue = python.eval('lambda np: np.full((2, 3, 3), (255, 0, 0), np.uint8)')(np)
    const { data, shape } = python.view<Uint8Array>(blue)
    expect([shape, ...data.subarray(0, 3)]).toEqual([[2, 3, 3], 255, 0, 0])
    data[2] = 50
    expect(python`${blue}[0, 0].tolist()`).toEqual([255, 0, 50])
  })

  test('pixels of a canvas are an array', () => {
    const canvas = new Uint8ClampedArray(2 * 3 * 4)
    const pixels = np.asarray(python.memory(canvas, { shape: [2, 3, 4] }))
    python.exec('def paint(pixels): pixels[:, 1] = (1, 2, 3, 4)')
    python.eval('paint')(pixels)
    expect([...canvas.subarray(0, 12)]).toEqual([0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0])
  })
}

function openCv(): void {
  const cv = python.import('cv2')
  const np = python.import('numpy')

  test('draws into memory of JavaScript’s', () => {
    const canvas = new Uint8ClampedArray(20 * 10 * 4)
    const pixels = np.asarray(python.memory(canvas, { shape: [10, 20, 4] }))
    python`${cv}.rectangle(${pixels}, (0, 0), (19, 9), (1, 2, 3, 4), -1)`
    expect([...canvas.subarray(-4)]).toEqual([1, 2, 3, 4])
  })

  test('gives pictures that JavaScript sees', () => {
    const png = python`${cv}.imencode(".png", __import__("numpy").full((4, 6, 3), (255, 0, 0), "uint8"))[1]`
    const view = python.view(cv.imdecode(png, cv.IMREAD_COLOR))
    expect([view.shape, view.at(0, 0).toArray()]).toEqual([
      [4, 6, 3],
      [255, 0, 0],
    ])
  })
}

function withSharp(): void {
  const load = async () => (await import('sharp')).default

  test('its raw buffers are arrays, without a copy', async () => {
    const sharp = await load()
    const { data, info } = await sharp({
      create: { width: 4, height: 2, channels: 3, background: '#0a141e' },
    })
      .raw()
      .toBuffer({ resolveWithObject: true })
    const shape = [info.height, info.width, info.channels]
    const pixels = python.import('numpy').asarray(python.memory(data, { shape }))
    expect(python`${pixels}[1, 3].tolist()`).toEqual([10, 20, 30])
    python.exec('def blacken(pixels): pixels[:] = 0')
    python.eval('blacken')(pixels)
    expect(data.every((each) => each === 0)).toBe(true)
  })

  test('reads an image of Pillow’s where it is', async () => {
    if (oldPillow()) return
    const sharp = await load()
    using view = python.view<Uint8Array>(python.import('PIL.Image').new('RGBA', [4, 2], 'blue'), {
      unsafe: true,
    })
    const [height, width] = view.shape as [number, number]
    const png = await sharp(view.data, { raw: { width, height, channels: 4 } })
      .png()
      .toBuffer()
    const io = python.import('io')
    const read = python.import('PIL.Image').open(io.BytesIO(png))
    expect([...read.getpixel([3, 1])]).toEqual([0, 0, 255, 255])
  })
}
