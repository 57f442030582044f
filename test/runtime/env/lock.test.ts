import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { withLock } from '../../../lib/runtime/env/lock.js'
import { folder, temporaryFolder } from '../../fixtures/python-tree.js'

describe('one after the other', () => {
  test('within a process', async () => {
    const place = temporaryFolder()
    const order: string[] = []
    const body = (name: string) => async () => {
      order.push(`${name} begins`)
      await wait(20)
      order.push(`${name} ends`)
      return name
    }
    const names = ['a', 'b', 'c', 'd']
    const answers = await Promise.all(names.map((name) => withLock(place, 'key', body(name))))
    expect(answers).toEqual(names)
    for (let i = 0; i < order.length; i += 2) {
      expect(order[i + 1]).toBe(order[i]?.replace('begins', 'ends'))
    }
    expect(readdirSync(place)).toEqual([])
  })

  test('after a body that failed', async () => {
    const place = temporaryFolder()
    const failing = withLock(place, 'key', () => Promise.reject(new Error('no luck')))
    await expect(failing).rejects.toThrow('no luck')
    expect(await withLock(place, 'key', async () => 5)).toBe(5)
  })

  test('but not for another name', async () => {
    const place = temporaryFolder()
    const inner = () => withLock(place, 'other', async () => 'both')
    expect(await withLock(place, 'key', inner)).toBe('both')
  })
})

/** A process that listens where the lock of this name is, as its holder does. */
async function holder(path: string) {
  const script = `
    require('node:net').createServer(() => {}).listen(${JSON.stringify(path)}, () => console.log('listens'))`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  await new Promise((resolve) => child.stdout.once('data', resolve))
  return child
}

describe('a holder that is killed', () => {
  test('leaves the lock to who waits', async () => {
    const place = temporaryFolder()
    const child = await holder(join(place, 'key.lock'))
    let isMine = false
    const waiting = withLock(place, 'key', async () => {
      isMine = true
    })
    await wait(100)
    expect(isMine).toBe(false)
    child.kill('SIGKILL')
    await waiting
    expect(isMine).toBe(true)
  })

  test('leaves nothing that a later one would wait for', async () => {
    const place = temporaryFolder()
    const path = join(place, 'key.lock')
    const child = await holder(path)
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('exit', resolve))
    expect(existsSync(path)).toBe(true)
    expect(await withLock(place, 'key', async () => 'mine')).toBe('mine')
    expect(existsSync(path)).toBe(false)
  })
})

test('a path that is too long for a socket is locked elsewhere', async () => {
  const place = folder(join(temporaryFolder(), 'x'.repeat(150)))
  const name = `key${process.pid}`
  const answers: string[] = []
  const body = async () => {
    answers.push('in')
    await wait(20)
    answers.push('out')
  }
  await Promise.all([withLock(place, name, body), withLock(place, name, body)])
  expect(answers).toEqual(['in', 'out', 'in', 'out'])
})

test('where no socket can be made, the body runs all the same', async () => {
  expect(await withLock('/nonexistent', 'key', async () => 'ran')).toBe('ran')
})

test('a holder serves those who wait, however many', async () => {
  const place = temporaryFolder()
  const server = createServer(() => {})
  await new Promise<void>((resolve) => server.listen(join(place, 'key.lock'), resolve))
  const sockets = new Set<{ destroy(): void }>()
  server.on('connection', (socket) => sockets.add(socket))
  let count = 0
  const waiting = Array.from({ length: 20 }, () =>
    withLock(place, 'key', async () => {
      count += 1
    }),
  )
  await wait(50)
  expect(count).toBe(0)
  server.close()
  for (const socket of sockets) socket.destroy()
  await Promise.all(waiting)
  expect(count).toBe(20)
})
