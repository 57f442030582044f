import type { Search } from './search.js'
import type { Step } from './step.js'

/** One way to find Python. */
export interface Source {
  name: Step['source']
  /** Whether the user plainly wants what it names: then its failure is told, not passed over. */
  final: boolean
  candidates(search: Search): Iterable<Candidate>
  /** What to tell where there was no candidate. */
  absent(search: Search): Pick<Step, 'tried' | 'detail'>
}

export interface Candidate {
  tried: string
  /** Where it was named, for an error to say. */
  origin: string
  /** Throws a Refusal where there is none. */
  executable(): string
}
