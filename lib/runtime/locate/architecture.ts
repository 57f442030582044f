import { endianness } from 'node:os'
import type { Header } from './elf.js'
import type { Host } from './host.js'

interface Target {
  /** e_machine of an ELF file. */
  machine: number
  bits: 32 | 64
  /** Debian's name for it. */
  multiarch: string
}

/** What process.arch stands for. */
export const targets: Readonly<Record<string, Target>> = {
  x64: { machine: 62, bits: 64, multiarch: 'x86_64-linux-gnu' },
  arm64: { machine: 183, bits: 64, multiarch: 'aarch64-linux-gnu' },
  ia32: { machine: 3, bits: 32, multiarch: 'i386-linux-gnu' },
  arm: { machine: 40, bits: 32, multiarch: 'arm-linux-gnueabihf' },
  ppc64: { machine: 21, bits: 64, multiarch: 'powerpc64le-linux-gnu' },
  s390x: { machine: 22, bits: 64, multiarch: 's390x-linux-gnu' },
  riscv64: { machine: 243, bits: 64, multiarch: 'riscv64-linux-gnu' },
  loong64: { machine: 258, bits: 64, multiarch: 'loongarch64-linux-gnu' },
}

/** Whether this Node can load the file; it can judge only the architectures it knows. */
export function fits(header: Header, host: Host): boolean {
  const target = targets[host.arch]
  if (target === undefined) return true
  return (
    header.machine === target.machine &&
    header.bits === target.bits &&
    header.endianness === endianness()
  )
}

/** 'arm64', as process.arch would say. */
export function architectureOf(header: Header): string {
  const known = Object.entries(targets).find(
    ([, target]) => target.machine === header.machine && target.bits === header.bits,
  )
  return known?.[0] ?? `machine ${header.machine} (${header.bits} bits)`
}
