import { rm } from 'node:fs/promises'
import type { Server, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reason } from '../locate/entry.js'

// A socket is the lock: whoever listens on it has it, and whoever else wants it connects, and waits
// for the connection to end.
//   1. The system ends it with the process, however that dies: no lock is ever left behind.
//   2. Nobody polls.
//   3. The lock only saves work. Where it fails (a file system without sockets, two who remove the
//      socket of a dead process at the same moment), an environment is built twice, and the rename
//      at the end of the build decides: whoever comes second takes what is there.

/** Runs the body while no other process, and nobody else in this one, has the lock of this name. */
export async function withLock<T>(
  folder: string,
  name: string,
  body: () => Promise<T>,
): Promise<T> {
  const path = socketPath(folder, name)
  for (;;) {
    const server = await listen(path)
    if (server === 'held') {
      await untilFree(path)
      continue
    }
    try {
      return await body()
    } finally {
      server?.close()
    }
  }
}

interface Lock {
  close(): void
}

// A path longer than this does not fit the address of a socket.
const LONGEST = 100

function socketPath(folder: string, name: string): string {
  if (process.platform === 'win32') return `\\\\.\\pipe\\pybridge-${name}`
  const path = join(folder, `${name}.lock`)
  return Buffer.byteLength(path) <= LONGEST
    ? path
    : join(tmpdir(), `pybridge-${process.getuid?.()}-${name}.lock`)
}

/** Null where no socket can be made there: then the body runs without. */
function listen(path: string): Promise<Lock | 'held' | null> {
  const { createServer } = process.getBuiltinModule('node:net')
  return new Promise((resolve) => {
    const waiting = new Set<Socket>()
    const server: Server = createServer((socket) => {
      waiting.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => waiting.delete(socket))
    })
    server.on('error', (error) => resolve(reason(error) === 'EADDRINUSE' ? 'held' : null))
    server.listen(path, () => {
      resolve({
        close() {
          server.close()
          for (const socket of waiting) socket.destroy()
        },
      })
    })
  })
}

async function untilFree(path: string): Promise<void> {
  const { connect } = process.getBuiltinModule('node:net')
  const socket = connect(path)
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  const error = await new Promise<unknown>((resolve) => {
    socket.on('error', resolve)
    socket.once('connect', () => resolve(null))
  })
  if (error === null) {
    socket.resume()
    await closed
  } else if (reason(error) === 'ECONNREFUSED') {
    await rm(path, { force: true }) // its process is dead
  }
}
