// The results as a table: on the terminal, and between the marks of docs/support.md.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../command.mjs'

const page = join(root, 'docs/support.md')
const [begin, end] = ['<!-- matrix -->', '<!-- /matrix -->']

const head = [
  'Python',
  'Runtime',
  'C library',
  'Loop',
  'Passed',
  'Failed',
  'Skipped',
  'Differ',
  'Missing',
]

function row({ cell, about, passed, failed, skipped, differs = 0, missing }) {
  if (missing !== undefined) return [cell.python, cell.runtime, '', '', '', '', '', '', missing]
  const kind = [about?.freeThreaded && 'free-threaded', about?.debug && 'debug'].filter(Boolean)
  const python = [about?.version ?? cell.python, ...kind].join(' ')
  const runtime = about?.runtime ?? cell.runtime
  const counts = [passed, failed, skipped, differs].map(String)
  return [python, runtime, about?.libc ?? '', about?.loop ?? '', ...counts, '']
}

/** A Markdown table, aligned. */
export function table(results) {
  const rows = [head, ...results.map(row)]
  const widths = head.map((_, i) => Math.max(...rows.map((cells) => cells[i].length)))
  const line = (cells) => `| ${cells.map((text, i) => text.padEnd(widths[i])).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [line(rows[0]), rule, ...rows.slice(1).map(line)].join('\n')
}

/** Writes the table, and what it was made with, into the page. */
export function updatePage(results, sentence) {
  const text = readFileSync(page, 'utf8')
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/support.md has no ${begin} … ${end}`)
  const body = `${begin}\n\n${sentence}\n\n${table(results)}\n\n`
  writeFileSync(page, text.slice(0, from) + body + text.slice(to))
}
