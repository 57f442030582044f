import process from 'node:process'
import { styleText } from 'node:util'

const { stdout } = process
const colors = stdout.isTTY && stdout.hasColors()
const width = (stdout.isTTY && stdout.columns) || 100

/**
 * @param {Parameters<typeof styleText>[0]} style
 * @param {string} text
 */
const styled = (style, text) => (colors ? styleText(style, text) : text)

/** @param {string} text */
export const stressed = (text) => styled('bold', text)

/**
 * One line that each epoch writes anew; in a file or a pipe, a line for every fifth of the way.
 *
 * @param {number} epoch
 * @param {number} epochs
 * @param {number} loss
 * @param {number} right the share of unseen digits that are read right
 */
export function progress(epoch, epochs, loss, right) {
  const length = Math.min(40, Math.max(8, width - 50))
  const done = Math.floor((length * epoch) / epochs)
  const bar = styled('cyan', '━'.repeat(done)) + styled('dim', '─'.repeat(length - done))
  const figures = `loss ${loss.toFixed(3)}  ${(100 * right).toFixed(1).padStart(5)}% right`
  const line = `  epoch ${String(epoch).padStart(2)} of ${epochs}  ${bar}  ${figures}`
  if (stdout.isTTY) stdout.write(`\r${line}${epoch === epochs ? '\n\n' : ''}`)
  else if (epoch === epochs) stdout.write(`${line}\n\n`)
  else if (epoch % Math.ceil(epochs / 5) === 0) stdout.write(`${line}\n`)
}

/**
 * Written digits down, read ones across.
 *
 * @param {readonly (readonly number[])[]} counts
 * @returns {string[]} lines of equal width
 */
export function confusionTable(counts) {
  const heading = counts.map((_, digit) => String(digit).padStart(4)).join('')
  const rows = counts.map((row, written) => {
    const cells = row.map((n, read) => {
      const cell = (n === 0 ? '·' : String(n)).padStart(4)
      return styled(n === 0 ? 'dim' : read === written ? 'green' : 'yellow', cell)
    })
    return `${(written === 0 ? 'written' : '').padStart(9)} ${written}${cells.join('')}`
  })
  return [`${'read as'.padStart(11)}${styled('bold', heading)}`, ...rows]
}

const shades = [' ', '░', '▒', '▓', '█']

/**
 * A digit as text, every pixel two characters wide.
 *
 * @param {readonly number[]} pixels 64 of them, 0 to 16
 * @param {string} caption
 * @returns {string[]} lines of equal width
 */
export function picture(pixels, caption) {
  const lines = Array.from({ length: 8 }, (_, row) =>
    pixels
      .slice(8 * row, 8 * row + 8)
      .map((ink) => (shades[Math.ceil(ink / 4)] ?? ' ').repeat(2))
      .join(''),
  )
  return [caption.padEnd(16), ' '.repeat(16), ...lines]
}

/**
 * The first block, and as many of the others as the terminal is wide enough for.
 *
 * @param {string[]} first 51 columns wide
 * @param {string[][]} others 16 columns wide each
 */
export function sideBySide(first, ...others) {
  const fitting = others.slice(0, Math.max(0, Math.floor((width - 51) / 21)))
  return first
    .map((line, i) => [line, ...fitting.map((block) => block[i] ?? '')].join('     ').trimEnd())
    .join('\n')
}
