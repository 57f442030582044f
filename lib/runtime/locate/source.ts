import type { Wanted } from './range.js'
import type { Search } from './search.js'
import type { Step } from './step.js'

/** One way to find Python. */
export interface Source {
  name: Step['source']
  /**
   * Whether the user plainly wants what it names: then, where none of its candidates will do, that
   * is told and the search ends.
   */
  final: boolean
  /** In order of preference. */
  candidates(search: Search): Iterable<Candidate>
  /** What to tell where there was no candidate. */
  absent(search: Search): Pick<Step, 'tried' | 'detail'>
}

export interface Candidate {
  tried: string
  /** Where it was named, for an error to say. */
  origin: string
  /** The version that this source asks for. */
  wanted?: Wanted
  /** Throws a Refusal where there is none. */
  executable(): string
}
