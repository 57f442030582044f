// What other threads bring to a JavaScript thread, and in which order it runs.
import { expect, test } from 'vitest'
import { python } from '../../lib/index.js'

python.start({ slowCall: 0 })
python.exec(`
import threading, time, pybridge
def post_many(f, count):
    thread = threading.Thread(target=lambda: [pybridge.post(f, i) for i in range(count)])
    thread.start()
    thread.join()
`)
const postMany = python.eval('post_many')

function spin(milliseconds: number): void {
  const end = performance.now() + milliseconds
  while (performance.now() < end) {}
}

test('a flood leaves timers their turn', async () => {
  let ran = 0
  postMany(() => {
    ran++
    spin(0.2)
  }, 2000)
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(ran).toBeGreaterThan(0)
  expect(ran).toBeLessThan(2000)
  while (ran < 2000) await new Promise((resolve) => setTimeout(resolve, 5))
})

test('what arrives while errands run comes after them, and none is lost', async () => {
  const heard: string[] = []
  const again = python.eval('lambda f: pybridge.post(f, "again")')
  const f = (n: number | string) => {
    heard.push(String(n))
    if (n === 0) again(f)
  }
  postMany(f, 3)
  while (heard.length < 4) await new Promise((resolve) => setTimeout(resolve, 2))
  expect(heard).toEqual(['0', '1', '2', 'again'])
})

test('a request that is made from within an errand, by another thread, is served there', async () => {
  const heard: string[] = []
  python.exec(`
def ask(f):
    thread = threading.Thread(target=lambda: f('inner'))
    thread.start()
    thread.join()
`)
  const ask = python.eval('ask')
  let isOver = false
  postMany((n: number) => {
    heard.push(`${n} begins`)
    if (n === 0) ask((text: string) => void heard.push(text))
    heard.push(`${n} ends`)
    isOver = n === 1
  }, 2)
  while (!isOver) await new Promise((resolve) => setTimeout(resolve, 2))
  expect(heard).toEqual(['0 begins', 'inner', '0 ends', '1 begins', '1 ends'])
})
