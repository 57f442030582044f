import { full, short, type Version } from './version.js'

/** Which versions will do. */
export interface Range {
  /** As it was written. */
  text: string
  /** Null where the patch level decides, and is not known. */
  allows(version: Version): boolean | null
}

/** The numbers of a version that a term names: one to three. */
type Numbers = readonly number[]

interface Term {
  numbers: Numbers
  flags: string
  holds(version: Numbers): boolean
}

const TERM =
  /^(===|==|~=|!=|<=|>=|<|>|\^|~|=)?\s*(\d+)(?:\.(\d+))?(?:\.(\d+))?(\.\*)?(?:(?:a|b|c|rc|\.post|\.dev)\d+)*(t|d|td)?(?=[\s,]|$)[\s,]*/

/**
 * Reads what says which versions will do:
 *   1. the specifiers of PEP 440, as in `requires-python`: '>=3.11,<3.14', '~=3.11', '!=3.12.1';
 *   2. a version alone, which stands for all that begin with it: '3', '3.12', '3.12.4';
 *   3. a 't' for the free-threaded build, a 'd' for the debug build: '3.13t';
 *   4. what Poetry adds: '^3.11', '~3.11', and `||` between alternatives.
 *
 * A pre-release counts as the release that it precedes. Null where the text is none of these.
 */
export function parseRange(text: string): Range | null {
  const alternatives = text.split('||').map(parseTerms)
  if (alternatives.some((terms) => terms === null)) return null
  const all = alternatives as Term[][]
  return { text: text.trim(), allows: (version) => any(all.map((terms) => every(terms, version))) }
}

function parseTerms(text: string): Term[] | null {
  const terms: Term[] = []
  let rest = text.trim()
  while (rest !== '') {
    const match = TERM.exec(rest)
    const term = match && termFrom(match)
    if (!match || !term) return null
    terms.push(term)
    rest = rest.slice(match[0].length)
  }
  return terms.length === 0 ? null : terms
}

function termFrom(match: RegExpExecArray): Term | null {
  const [, operator = '', first, second, third, star, flags = ''] = match
  const numbers = [first, second, third].filter((part) => part !== undefined).map(Number)
  const holds = predicate(operator, numbers, star !== undefined)
  return holds && { numbers, flags, holds }
}

function predicate(operator: string, numbers: Numbers, star: boolean) {
  const order = (version: Numbers) => compare(version, numbers)
  const begins = (version: Numbers) => numbers.every((part, index) => part === version[index])
  if (star && !['', '=', '==', '!='].includes(operator)) return null
  switch (operator) {
    case '':
      return begins
    case '=':
    case '==':
      return star ? begins : (version: Numbers) => order(version) === 0
    case '===':
      return (version: Numbers) => order(version) === 0
    case '!=':
      return (version: Numbers) => (star ? !begins(version) : order(version) !== 0)
    case '<':
      return (version: Numbers) => order(version) < 0
    case '<=':
      return (version: Numbers) => order(version) <= 0
    case '>':
      return (version: Numbers) => order(version) > 0
    case '>=':
      return (version: Numbers) => order(version) >= 0
    case '~=':
      return numbers.length > 1 ? upTo(numbers, numbers.length - 1) : null
    case '^':
      return upTo(numbers, 1)
    default: // '~'
      return upTo(numbers, Math.min(numbers.length, 2))
  }
}

/** At least `numbers`, with the same first `count` of them. */
function upTo(numbers: Numbers, count: number) {
  return (version: Numbers) =>
    compare(version, numbers) >= 0 &&
    numbers.slice(0, count).every((part, index) => part === version[index])
}

// What is left out counts as 0, as PEP 440 has it: 3.12 is 3.12.0.
function compare(a: Numbers, b: Numbers): number {
  for (let index = 0; index < 3; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

// Between two neighbours of the patch levels that the terms name, nothing changes: to try these
// stands for all.
function every(terms: readonly Term[], version: Version): boolean | null {
  const { major, minor, patch, flags } = version
  if (terms.some((term) => [...term.flags].some((flag) => !flags.includes(flag)))) return false
  const told = (level: number) => terms.every((term) => term.holds([major, minor, level]))
  if (patch !== null) return told(patch)
  const named = terms.map((term) => term.numbers[2] ?? 0)
  const levels = named.flatMap((level) => [Math.max(0, level - 1), level, level + 1])
  const answers = new Set([0, ...levels].map(told))
  return answers.size === 1 ? answers.has(true) : null
}

function any(answers: readonly (boolean | null)[]): boolean | null {
  if (answers.includes(true)) return true
  return answers.includes(null) ? null : false
}

/** A range, and who asks for it. */
export interface Wanted {
  range: Range
  /** 'the version asked for is >=3.11' */
  said: string
  /** What would bring such a Python. */
  advice: string
}

/** @param said who asks, and for what: 'the version asked for is >=3.11' */
export function wantedFrom(range: Range, said: string): Wanted {
  const advice = `install one, as with \`uv python install '${range.text}'\`, or ask for another`
  return { range, said, advice }
}

/** 'is Python 3.8, and the version asked for is >=3.11' */
export function misfit(version: Version, { said }: Wanted): string {
  const exact = version.patch === null ? short(version) : `${short(version)}.${version.patch}`
  const flags = full(version).slice(short(version).length)
  return `is Python ${exact}${flags}, and ${said}`
}
