import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../fixtures/python-tree.js'
import { defaultPython } from '../fixtures/pythons.js'
import { environment, index, root, runNode } from '../fixtures/run-node.js'

/** What a user sees who types Ctrl-C in a terminal, or a program that sends it to a group. */
function typeCtrlC(presses: number, script: string, ...program: string[]) {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'script.mjs'), PRELUDE + script)
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({
      name: 'typed',
      scripts: { go: 'node script.mjs' },
      bin: { go: 'script.mjs' },
    }),
  )
  const terminal = [join(root, 'test/fixtures/terminal.py'), String(presses)]
  const { stdout, stderr } = spawnSync(defaultPython, [...terminal, ...program], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...environment({}), npm_config_update_notifier: 'false' },
  })
  expect(stdout, stderr).not.toBe('')
  return JSON.parse(stdout) as {
    shown: string
    signal: number | null
    code: number | null
    restored: boolean
  }
}

const PRELUDE = `
  import { python } from ${JSON.stringify(index)}
  python.exec('import time')
  const wait = python.eval('lambda: (print("ready"), time.sleep(30))')
  const tell = (body) => {
    try {
      body()
    } catch (error) {
      console.log('caught', error.type)
    }
  }
`

const SIGINT = 2

describe('Ctrl-C at a terminal', () => {
  const node = [process.execPath, 'script.mjs']

  test('nobody catches it: the traceback, and death by the signal', () => {
    const ending = typeCtrlC(1, 'wait()', ...node)
    expect(ending).toMatchObject({ signal: SIGINT, code: null, restored: true })
    expect(ending.shown).toMatch('PythonError: KeyboardInterrupt')
  })

  test('caught twice in a row, the program goes on', () => {
    const ending = typeCtrlC(2, 'tell(wait); tell(wait); process.exit(42)', ...node)
    expect(ending).toMatchObject({ signal: null, code: 42, restored: true })
    expect(ending.shown.match(/caught KeyboardInterrupt/g)).toHaveLength(2)
  })

  test('the second one ends what went on after the first', () => {
    const ending = typeCtrlC(2, 'tell(wait); wait()', ...node)
    expect(ending).toMatchObject({ signal: SIGINT, code: null, restored: true })
  })

  test.each([
    ['in Python', `process.stdin.setRawMode(true); process.stdin.setRawMode(false); wait()`],
    [
      'outside Python, where the terminal was raw',
      `process.stdin.setRawMode(true)
       setTimeout(() => process.kill(process.pid, 'SIGINT'), 300)
       setTimeout(() => {}, 20_000)`,
    ],
  ])('leaves the terminal as it was: %s', (_, script) => {
    const ending = typeCtrlC(1, script, ...node)
    expect(ending, ending.shown).toMatchObject({ signal: SIGINT, restored: true })
  })

  test('outside Python it ends the program, as without pybridge', () => {
    const ending = typeCtrlC(1, `console.log('ready'); setTimeout(() => {}, 20_000)`, ...node)
    expect(ending).toMatchObject({ signal: SIGINT, restored: true })
  })

  test.each([
    ['sh -c', ['/bin/sh', '-c', 'node script.mjs; exit $?']],
    ['npm run', ['npm', 'run', '--silent', 'go']],
    ['npm exec', ['npm', 'exec', '--offline', '--', 'node', 'script.mjs']],
    ['npx', ['npx', '--offline', '-c', 'node script.mjs']],
  ])('behind %s: caught, the program goes on to its end', (_, program) => {
    const ending = typeCtrlC(
      1,
      `tell(wait); console.log('done ' + python.eval('6 * 7'))`,
      ...program,
    )
    expect(ending.shown).toMatch(/caught KeyboardInterrupt\s+done 42/)
    expect(ending.restored).toBe(true)
  })

  test.each([
    ['sh -c', ['/bin/sh', '-c', 'node script.mjs; exit $?']],
    ['npm run', ['npm', 'run', '--silent', 'go']],
    ['npx', ['npx', '--offline', '-c', 'node script.mjs']],
  ])('behind %s: nobody catches it, and whoever stands in front sees SIGINT', (_, program) => {
    const { signal, code, shown } = typeCtrlC(1, 'wait()', ...program)
    expect(shown).toMatch('PythonError: KeyboardInterrupt')
    expect(signal === SIGINT || code === 130, `${signal} ${code} ${shown}`).toBe(true)
  })
})

test.each([1, 2])(
  'a signal to the group reaches Python in every one of %i processes',
  async (count) => {
    const script = `
    import { fork } from 'node:child_process'
    import { fileURLToPath } from 'node:url'
    python.exec('import time')
    const wait = () => {
      try {
        python.eval('time.sleep(20)')
      } catch (error) {
        return error.type
      }
    }
    if (process.argv[2] === 'child') {
      process.send('ready')
      const said = wait()
      process.send(said, () => process.disconnect())
    } else {
      let children = ${count - 1}, said = []
      const begin = () => {
        console.log('ready')
        console.log(wait())
      }
      if (children === 0) begin()
      else fork(fileURLToPath(import.meta.url), ['child']).on('message', (message) => {
        if (message === 'ready') begin()
        else console.log(message)
      })
    }`
    const ending = await runNode(script, {
      onReady: (pid) => setTimeout(() => process.kill(-pid, 'SIGINT'), 300),
    })
    expect(ending, ending.stderr).toMatchObject({
      code: 0,
      stdout: `ready\n${'KeyboardInterrupt\n'.repeat(count)}`,
    })
  },
)
