const dark = [24, 18, 66]
const bright = [255, 196, 120]

/**
 * Prints a picture in two inks, where it lies, and darkens its corners.
 *
 * @param {Uint8ClampedArray} pixels red, green, blue and opacity of each pixel, 0 to 255
 * @param {number} width
 */
export function duotone(pixels, width) {
  const height = pixels.length / 4 / width
  for (let i = 0, pixel = 0; i < pixels.length; i += 4, pixel++) {
    const x = (pixel % width) / width - 0.5
    const y = Math.floor(pixel / width) / height - 0.5
    const shade = (1 - 0.9 * (x * x + y * y)) * (brightness(pixels, i) / 255)
    for (let band = 0; band < 3; band++) {
      const [from, to] = [dark[band] ?? 0, bright[band] ?? 0]
      pixels[i + band] = from + (to - from) * shade // what is too much, the array clamps
    }
  }
}

/**
 * The mean brightness, 0 to 255.
 *
 * @param {ArrayLike<number>} pixels
 */
export function meanBrightness(pixels) {
  let sum = 0
  for (let i = 0; i < pixels.length; i += 4) sum += brightness(pixels, i)
  return sum / (pixels.length / 4)
}

/**
 * As ITU-R BT.601 weighs the colours.
 *
 * @param {ArrayLike<number>} pixels
 * @param {number} i
 */
function brightness(pixels, i) {
  return 0.299 * (pixels[i] ?? 0) + 0.587 * (pixels[i + 1] ?? 0) + 0.114 * (pixels[i + 2] ?? 0)
}
