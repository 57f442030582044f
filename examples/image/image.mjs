// One picture in one memory: JavaScript, Pillow, NumPy and matplotlib work on it, and see what the others do.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { BridgeError, PythonError, python } from 'pybridge'
import { duotone, meanBrightness } from './duotone.mjs'

const usage = `Usage: node examples/image/image.mjs [--out FOLDER]

Prints a photograph in two inks, from JavaScript, in memory that Pillow and NumPy see as well, and
writes duotone.png, comparison.png and comparison.svg.

  --out FOLDER  where to write them; examples/image/out by default
  --help        show this text`

const here = dirname(fileURLToPath(import.meta.url))

/** @param {string} folder */
function main(folder) {
  python.start({ path: [here] })
  const picture = python.import('picture')
  const np = python.import('numpy')
  const photo = picture.open_photo()
  const { width, height } = photo
  say(`Pillow has read a photograph of ${width} × ${height} pixels.`)

  // Pillow's pixels are read where they are: `unsafe` promises not to write there.
  const view = python.view(photo, { unsafe: true })
  const brightness = meanBrightness(view.data).toFixed(1)
  say(`JavaScript reads Pillow's memory: its mean brightness is ${brightness}.`)
  const pixels = new Uint8ClampedArray(view.data) // the one copy, to keep the photograph as it was
  view.release()

  // From here on all of them work on this memory of JavaScript's.
  const image = picture.image_over(pixels, width, height)
  const array = np.asarray(python.memory(pixels, { shape: [height, width, 4] }))
  const began = performance.now()
  duotone(pixels, width)
  say(`JavaScript has printed it in two inks, in ${(performance.now() - began).toFixed(1)} ms.`)
  say(`Pillow sees the first pixel as ${image.getpixel([0, 0])}: it was written by JavaScript.`)
  say(`NumPy sees a mean of ${Number(array.mean()).toFixed(1)}.`)

  picture.sign(image, 'Grace Hopper')
  const corner = pixels.slice(-4)
  say(`Pillow has drawn a caption, and JavaScript sees its last pixel: ${corner}.`)

  const figure = picture.compare(photo, array)
  mkdirSync(folder, { recursive: true })
  write(folder, 'duotone.png', python.display(image))
  write(folder, 'comparison.png', python.display(figure))
  write(folder, 'comparison.svg', python.display(figure, { format: 'svg' }))
}

/** @param {string} sentence */
function say(sentence) {
  console.log(`  ${sentence}`)
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {import('pybridge').Display} shown
 */
function write(folder, name, { mime, data }) {
  const path = join(folder, name)
  writeFileSync(path, data)
  say(`${relative('', path)}: ${mime}, ${Math.ceil(data.length / 1024)} KiB`)
}

try {
  const { values } = parseArgs({ options: { out: { type: 'string' }, help: { type: 'boolean' } } })
  if (values.help) console.log(usage)
  else main(values.out ?? join(here, 'out'))
} catch (error) {
  console.error(explain(error))
  process.exitCode = 1
}

/** @param {unknown} error */
function explain(error) {
  if (error instanceof BridgeError) return error.message
  if (error instanceof PythonError && error.is('ModuleNotFoundError')) {
    return `${error.message} (${python.info.executable}).\nInstall what is missing: pip install -r examples/image/requirements.txt`
  }
  if (error instanceof Error && 'code' in error && /^ERR_PARSE_ARGS/.test(String(error.code))) {
    return `${error.message}\n\n${usage}`
  }
  return error
}
