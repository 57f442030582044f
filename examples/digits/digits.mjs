// Trains a classifier of handwritten digits in Python, from JavaScript, in one process.
import { mkdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { BridgeError, PythonError, python } from 'pybridge'
import { costOfCall } from './cost.mjs'
import { confusionTable, picture, progress, sideBySide, stressed } from './terminal.mjs'

/**
 * An array that stays in Python until it is copied.
 *
 * @template T
 * @typedef {{ tolist(): T }} PythonArray
 */

/**
 * What `scikit_learn.py` and `standard_library.py` both are.
 *
 * @typedef {object} Digits
 * @property {string} TITLE
 * @property {number} EPOCHS
 * @property {(epochs: number, onEpoch: OnEpoch) => Outcome} train
 * @property {(outcome: Outcome, path: string) => void} draw
 *
 * @typedef {(epoch: number, loss: number, right: number) => void} OnEpoch
 *
 * @typedef {object} Outcome
 * @property {number} trained_on
 * @property {PythonArray<number[][]>} images
 * @property {PythonArray<number[]>} truth
 * @property {PythonArray<number[]>} predictions
 * @property {PythonArray<number[][]>} confusion
 */

const usage = `Usage: node examples/digits/digits.mjs [--standard-library]

Trains a classifier of handwritten digits in Python, with a JavaScript callback after every epoch,
and writes the confusion matrix to examples/digits/out/confusion.png.

  --standard-library  do without scikit-learn, NumPy and matplotlib, even if they are installed
  --help              show this text`

const here = dirname(fileURLToPath(import.meta.url))
const count = new Intl.NumberFormat('en')

/** @param {boolean} standardLibrary */
function main(standardLibrary) {
  python.start({ path: [here] })
  const digits = standardLibrary ? python.import('standard_library') : chooseModule()
  console.log(`Handwritten digits: ${digits.TITLE}, on Python ${python.version} in this process\n`)

  const { outcome, seconds } = train(digits)
  report(outcome)

  const png = join(here, 'out', 'confusion.png')
  mkdirSync(dirname(png), { recursive: true })
  digits.draw(outcome, png)

  const cost = costOfCall(python.eval('lambda x: x + 1'))
  const examples = `${count.format(outcome.trained_on)} digits in ${seconds.toFixed(2)} s`
  console.log(`  trained on  ${examples}, with a JavaScript callback after every epoch`)
  console.log(`  picture     ${relative('', png)}`)
  console.log(`  one call    ${cost}`)
}

/** @returns {Digits} */
function chooseModule() {
  try {
    return python.import('scikit_learn')
  } catch (error) {
    if (!(error instanceof PythonError && error.is('ModuleNotFoundError'))) throw error
    console.log(`scikit-learn cannot be used: ${error.message} (${python.info.executable}).`)
    console.log('Going on with the standard library alone, over the same digits.')
    console.log('Where there is a network, `npm start` installs what is missing.\n')
    return python.import('standard_library')
  }
}

/** @param {Digits} digits */
function train(digits) {
  const epochs = digits.EPOCHS
  const begin = performance.now()
  const outcome = digits.train(epochs, (epoch, loss, right) => progress(epoch, epochs, loss, right))
  return { outcome, seconds: (performance.now() - begin) / 1000 }
}

/** @param {Outcome} outcome */
function report(outcome) {
  const truth = outcome.truth.tolist()
  const predictions = outcome.predictions.tolist()
  const images = outcome.images.tolist()
  const misread = truth.flatMap((digit, i) => (digit === predictions[i] ? [] : [i]))
  const right = truth.length - misread.length

  const pictures = misread
    .slice(0, 2)
    .map((i) => picture(images[i] ?? [], `${truth[i]} read as ${predictions[i]}`))
  console.log(sideBySide(confusionTable(outcome.confusion.tolist()), ...pictures))

  const share = `${((100 * right) / truth.length).toFixed(1)}%`
  console.log(`\n  accuracy    ${stressed(share)}: ${right} of ${truth.length} unseen digits`)
}

try {
  const { values } = parseArgs({
    options: { 'standard-library': { type: 'boolean' }, help: { type: 'boolean' } },
  })
  if (values.help) console.log(usage)
  else main(values['standard-library'] ?? false)
} catch (error) {
  console.error(explain(error))
  process.exitCode = 1
}

/** @param {unknown} error */
function explain(error) {
  if (error instanceof BridgeError) return error.message
  if (error instanceof PythonError) {
    return `${error.traceback}\n--standard-library does without scikit-learn, NumPy and matplotlib.`
  }
  if (error instanceof Error && 'code' in error && /^ERR_PARSE_ARGS/.test(String(error.code))) {
    return `${error.message}\n\n${usage}`
  }
  return error
}
