import { runtimeNames } from './exam.js'
import type { DoctorFinding, DoctorPython, DoctorReport, DoctorSystem } from './report.js'

/** How a terminal shows text. */
export interface Style {
  /** Where lines are broken; null where they are not, as in a file. */
  columns: number | null
  colours: boolean
}

const colours = { ok: 32, chosen: 32, warning: 33, rejected: 33, error: 31, absent: 2, title: 1 }

/** The report as a person reads it: plain words, no signs that a font may lack. */
export function print(report: DoctorReport, style: Style): string {
  const { findings, python, steps, system } = report
  const rows = steps.map(({ outcome, source, tried, detail }) => {
    const where = tried === source ? source : `${source}: ${tried}`
    return row(outcome, `${where}: ${detail}`, style)
  })
  const parts = [
    section('System', systemLines(system), style),
    section('Choice of Python', rows, style),
    ...(python === null ? [] : [section('Python', pythonLines(python, style), style)]),
    section(
      'Checks',
      findings.flatMap((finding) => findingLines(finding, style)),
      style,
    ),
    wrap(summary(report), style.columns ?? Number.POSITIVE_INFINITY).map((line) =>
      paint(line, report.outcome, style),
    ),
  ]
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function section(title: string, lines: readonly string[], style: Style): string[] {
  return [paint(title, 'title', style), ...lines]
}

function systemLines({ arch, libc, libcVersion, name, pybridge, runtime }: DoctorSystem): string[] {
  const c = libc === null ? '' : `, ${libc}${libcVersion === null ? '' : ` ${libcVersion}`}`
  const lines = [
    `  ${name}, ${arch}${c}`,
    `  ${runtimeNames[runtime.name]} ${runtime.version}, ${runtime.executable}`,
    `  pybridge ${pybridge.version}, ${pybridge.folder}`,
    `  native part: ${pybridge.addon ?? 'none'}`,
  ]
  return lines.map(oneLine)
}

function pythonLines(python: DoctorPython, style: Style): string[] {
  const builds = [python.freeThreaded && 'free-threaded', python.debug && 'debug build']
  const version = [python.version, ...builds.filter(Boolean)].join(', ')
  const facts: [string, string | null][] = [
    ['version', version],
    ['executable', python.executable],
    ['library', python.library],
    ['prefix', python.prefix],
    ['venv', python.venv],
  ]
  return facts.flatMap(([name, value]) => (value === null ? [] : [row(name, value, style)]))
}

function findingLines({ advice, code, commands, outcome, said }: DoctorFinding, style: Style) {
  const lines = [row(outcome, code === null ? said : `${said} [${code}]`, style)]
  if (advice !== null) lines.push(row('', `What to do: ${advice}`, style))
  // Never broken: they are there to be copied.
  for (const command of commands) lines.push(`${' '.repeat(INDENT)}  $ ${oneLine(command)}`)
  return lines
}

function summary({ findings, outcome, python }: DoctorReport): string {
  const count = (wanted: string) => findings.filter((finding) => finding.outcome === wanted).length
  const [errors, warnings] = [count('error'), count('warning')]
  const told = `${plural(errors, 'error')}, ${plural(warnings, 'warning')}`
  if (outcome === 'ok') return `All is well: Python ${python?.version} runs in this Node.`
  if (outcome === 'warning') return `Python ${python?.version} runs in this Node: ${told}.`
  return `Python does not run in this Node as it should: ${told}.`
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

const LABEL = 10
const INDENT = LABEL + 4

/** A word, and a sentence beside it. */
function row(label: string, text: string, style: Style): string {
  const width =
    style.columns === null ? Number.POSITIVE_INFINITY : Math.max(style.columns - INDENT, 24)
  const [first = '', ...rest] = wrap(text, width)
  const painted = paint(label, label, style) + ' '.repeat(Math.max(0, LABEL - label.length))
  return [`  ${painted}  ${first}`, ...rest.map((line) => ' '.repeat(INDENT) + line)].join('\n')
}

/** Breaks at spaces only, so that paths stay whole. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of oneLine(text).split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}

/** Names of files may hold anything: what would move the cursor is shown as what it is. */
function oneLine(text: string): string {
  return text
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\p{Cc}/gu, (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

function paint(text: string, as: string, style: Style): string {
  const colour = (colours as Record<string, number | undefined>)[as]
  return style.colours && colour !== undefined ? `\u001b[${colour}m${text}\u001b[0m` : text
}
