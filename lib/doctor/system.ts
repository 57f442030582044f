import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { release, type as systemType } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { distributionOf } from '../runtime/locate/distribution.js'
import { thisHost } from '../runtime/locate/host.js'
import { root } from '../runtime/package.js'
import { report } from './loaded-libraries.js'
import type { DoctorSystem } from './report.js'

/** What package.json says, as far as it is needed. */
export const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string
  engines: { node: string }
}

export function examineSystem(): DoctorSystem {
  const { platform, arch, libc } = thisHost
  return {
    platform,
    arch,
    name: systemName(),
    libc,
    libcVersion: libc === 'glibc' ? glibcVersion() : null,
    runtime: runtime(),
    pybridge: { version: manifest.version, folder: root, addon: addonFile() },
  }
}

// Deno's report is made up.
function glibcVersion(): string | null {
  return 'deno' in process.versions ? null : (report().header?.glibcVersionRuntime ?? null)
}

function systemName(): string {
  const known: Readonly<Record<string, string>> = { Darwin: 'macOS', Windows_NT: 'Windows' }
  const type = systemType()
  const plain = `${known[type] ?? type} ${release()}`
  return process.platform === 'linux' ? (distributionOf('/').name ?? plain) : plain
}

function runtime(): DoctorSystem['runtime'] {
  const { bun, deno, node } = process.versions as Record<string, string | undefined>
  const [name, version] =
    bun !== undefined
      ? ['bun' as const, bun]
      : deno !== undefined
        ? ['deno' as const, deno]
        : ['node' as const, node]
  return { name, version: version ?? '', executable: process.execPath }
}

/** The file that would be loaded; null where there is none for this platform. */
function addonFile(): string | null {
  try {
    const require = createRequire(import.meta.url)
    return (require('node-gyp-build') as { path(folder: string): string }).path(root)
  } catch {
    return null
  }
}
