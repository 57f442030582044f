import { type Page, readAt } from './page.js'

export interface Header {
  bits: 32 | 64
  endianness: 'LE' | 'BE'
  /** e_machine: which processor. */
  machine: number
}

/** What the dynamic section asks of the loader. */
export interface Links {
  header: Header
  /** The loader that an executable names (PT_INTERP); null for a library. */
  interpreter: string | null
  /** DT_NEEDED */
  needed: string[]
  /** The folders of DT_RUNPATH, or of the older DT_RPATH; $ORIGIN is not yet replaced. */
  runpath: string[]
}

export interface ElfFile {
  descriptor: number
  /** The first page. */
  start: DataView
  little: boolean
  /** The size of an address. */
  word: 4 | 8
}

export interface Segment {
  type: number
  offset: number
  address: number
  size: number
}

const MAGIC = 0x7f454c46
const PT = { load: 1, dynamic: 2, interpreter: 3 } as const
const DT = { needed: 1, strings: 5, rpath: 15, runpath: 29 } as const

// A damaged file must not make us read for long.
const MOST_SEGMENTS = 256
const LARGEST_DYNAMIC = 65_536
const LONGEST_TEXT = 8192

/** Null where the file is not ELF. */
export function headerIn(page: Page): Header | null {
  const file = elfFile(page)
  return file && headerOf(file)
}

/** Null where the file is not ELF. Throws where it ends too early. */
export function linksIn(page: Page): Links | null {
  const file = elfFile(page)
  return file && linksOf(file)
}

export function elfFile({ descriptor, view }: Page): ElfFile | null {
  if (view.byteLength < 20 || view.getUint32(0) !== MAGIC) return null
  const little = view.getUint8(5) === 1
  return { descriptor, start: view, little, word: view.getUint8(4) === 2 ? 8 : 4 }
}

function headerOf({ start, little, word }: ElfFile): Header {
  return {
    bits: word === 8 ? 64 : 32,
    endianness: little ? 'LE' : 'BE',
    machine: start.getUint16(18, little),
  }
}

/** The loader that an executable names: a part of `linksIn` that lies in the first page. */
export function interpreterIn(page: Page): string | null {
  const file = elfFile(page)
  return file && interpreterOf(file, segmentsOf(file))
}

function interpreterOf(file: ElfFile, segments: Segment[]): string | null {
  const loader = segments.find(({ type }) => type === PT.interpreter)
  return loader === undefined ? null : text(file, loader.offset)
}

function linksOf(file: ElfFile): Links {
  const segments = segmentsOf(file)
  const interpreter = interpreterOf(file, segments)
  const links: Links = { header: headerOf(file), interpreter, needed: [], runpath: [] }
  const dynamic = dynamicOf(file, segments)
  if (dynamic === null) return links
  const { entries, value, strings } = dynamic
  const runpath = value(DT.runpath) ?? value(DT.rpath)
  if (runpath !== undefined) {
    links.runpath = text(file, strings + runpath)
      .split(':')
      .filter(Boolean)
  }
  for (const entry of entries) {
    if (entry.tag === DT.needed) links.needed.push(text(file, strings + entry.value))
  }
  return links
}

/** The dynamic section, and where its strings begin; null where there is none. */
export function dynamicOf(file: ElfFile, segments: Segment[]) {
  const segment = segments.find(({ type }) => type === PT.dynamic)
  if (segment === undefined) return null
  const entries = entriesOf(file, segment)
  const value = (tag: number) => entries.find((entry) => entry.tag === tag)?.value
  const address = value(DT.strings)
  return address === undefined ? null : { entries, value, strings: offsetOf(address, segments) }
}

export function segmentsOf(file: ElfFile): Segment[] {
  const { start, little, word } = file
  const wide = word === 8
  const offset = address(start, wide ? 32 : 28, file)
  const size = start.getUint16(wide ? 54 : 42, little)
  const count = Math.min(start.getUint16(wide ? 56 : 44, little), MOST_SEGMENTS)
  const table = bytes(file, offset, size * count)
  const segments: Segment[] = []
  for (let at = 0; at < table.byteLength; at += size) {
    segments.push({
      type: table.getUint32(at, little),
      offset: address(table, at + (wide ? 8 : 4), file),
      address: address(table, at + (wide ? 16 : 8), file),
      size: address(table, at + (wide ? 32 : 16), file),
    })
  }
  return segments
}

function entriesOf(file: ElfFile, dynamic: Segment): { tag: number; value: number }[] {
  const { word } = file
  const section = bytes(file, dynamic.offset, Math.min(dynamic.size, LARGEST_DYNAMIC))
  const entries = []
  for (let at = 0; at + 2 * word <= section.byteLength; at += 2 * word) {
    const tag = address(section, at, file)
    if (tag === 0) break
    entries.push({ tag, value: address(section, at + word, file) })
  }
  return entries
}

export function offsetOf(address: number, segments: Segment[]): number {
  const holder = segments.find(
    (segment) =>
      segment.type === PT.load &&
      address >= segment.address &&
      address < segment.address + segment.size,
  )
  if (holder === undefined) throw new RangeError('the ELF file does not hold its strings')
  return address - holder.address + holder.offset
}

// Offsets and addresses of real files fit a double.
function address(view: DataView, at: number, { word, little }: ElfFile): number {
  return word === 8 ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little)
}

export function text({ descriptor, start }: ElfFile, offset: number): string {
  const found = textIn(start, offset) ?? textIn(readAt(descriptor, offset, LONGEST_TEXT), 0)
  if (found === null) throw new RangeError('a string of the ELF file does not end')
  return found
}

/** Null where it does not end in what was read. */
function textIn(view: DataView, offset: number): string | null {
  if (offset >= view.byteLength) return null
  const rest = new Uint8Array(view.buffer, view.byteOffset + offset, view.byteLength - offset)
  const end = rest.indexOf(0)
  return end < 0 ? null : Buffer.from(rest.buffer, rest.byteOffset, end).toString()
}

export function bytes({ descriptor, start }: ElfFile, offset: number, length: number): DataView {
  if (offset + length <= start.byteLength) {
    return new DataView(start.buffer, start.byteOffset + offset, length)
  }
  const view = readAt(descriptor, offset, length)
  if (view.byteLength < length) throw new RangeError('the ELF file ends too early')
  return view
}
