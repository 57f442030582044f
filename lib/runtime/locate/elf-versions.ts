import { bytes, dynamicOf, type ElfFile, elfFile, offsetOf, segmentsOf, text } from './elf.js'
import { type Page, withPage } from './page.js'

/** The symbol versions of a library, such as GLIBCXX_3.4.30. */
export interface Versions {
  /** Those that it offers. */
  defined: string[]
  /** Those that it wants, by the library that should have them. */
  needed: { library: string; versions: string[] }[]
}

const DT = { defined: 0x6ffffffc, needed: 0x6ffffffe } as const

// A damaged file must not keep us long.
const MOST_RECORDS = 4096

/** Null where the file is not ELF, or has no dynamic section. Throws where it cannot be read. */
export function readVersions(path: string): Versions | null {
  return withPage(path, versionsIn)
}

function versionsIn(page: Page): Versions | null {
  const file = elfFile(page)
  if (file === null) return null
  const segments = segmentsOf(file)
  const dynamic = dynamicOf(file, segments)
  if (dynamic === null) return null
  const { value, strings } = dynamic
  const at = (tag: number) => {
    const address = value(tag)
    return address === undefined ? null : offsetOf(address, segments)
  }
  return {
    defined: definedAt(file, at(DT.defined), strings),
    needed: neededAt(file, at(DT.needed), strings),
  }
}

// Elf64_Verdef and Elf64_Verdaux, which are the same in 32 bits. The first name is the version's own.
function definedAt(file: ElfFile, start: number | null, strings: number): string[] {
  return [...records(file, start, 20, 16)].map(({ offset, view }) => {
    const auxiliary = bytes(file, offset + view.getUint32(12, file.little), 8)
    return text(file, strings + auxiliary.getUint32(0, file.little))
  })
}

// Elf64_Verneed and Elf64_Vernaux.
function neededAt(file: ElfFile, start: number | null, strings: number): Versions['needed'] {
  return [...records(file, start, 16, 12)].map(({ offset, view }) => ({
    library: text(file, strings + view.getUint32(4, file.little)),
    versions: [...records(file, offset + view.getUint32(8, file.little), 16, 12)].map((wanted) =>
      text(file, strings + wanted.view.getUint32(8, file.little)),
    ),
  }))
}

/** A chain of records of one size, each with the distance to the next. */
function* records(file: ElfFile, start: number | null, size: number, next: number) {
  let offset = start
  for (let count = 0; offset !== null && count < MOST_RECORDS; count += 1) {
    const view = bytes(file, offset, size)
    yield { offset, view }
    const distance = view.getUint32(next, file.little)
    offset = distance === 0 ? null : offset + distance
  }
}
