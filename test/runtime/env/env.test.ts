// python.env, with the real uv, and an index that is a folder: no network is touched.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { BridgeError } from '../../../lib/errors/bridge-error.js'
import { type EnvOptions, python } from '../../../lib/index.js'
import { uvHere } from '../../fixtures/managers.js'
import { folder, script, temporaryFolder, write } from '../../fixtures/python-tree.js'
import { ask, defaultPython, pythons, skipLoudly } from '../../fixtures/pythons.js'
import { type RunOptions, runNode } from '../../fixtures/run-node.js'
import { wheel } from '../../fixtures/wheel.js'

describe('is refused before anything is built', () => {
  test.each<[string, unknown]>([
    ['python.env takes an object of options', null],
    ['requires is an array of requirements', { requires: 'six' }],
    ['requires is an array of requirements', { requires: [''] }],
    ['requires is an array of requirements', { requires: [5] }],
    ['requires is an array of requirements', { requires: ['--index-url=http://a'] }],
    ['requires is an array of requirements', { requires: ['./here'] }],
    ['requires is an array of requirements', { requires: ['six\n-r other'] }],
    ['from is the path of', { from: '' }],
    ['from is the path of', { from: ['a'] }],
    ['python is a version', { python: 3.11 }],
    ['onProgress is a function', { onProgress: true }],
    ['has no option venv', { venv: 'env' }],
    ['has no option version', { version: '3.11' }],
    ['python.start has no option reqires', { reqires: [] }],
    ['nonexistent.txt cannot be read (ENOENT)', { from: '/nonexistent.txt' }],
    ['/nonexistent/pyproject.toml does not exist', { from: '/nonexistent/pyproject.toml' }],
  ])('%s: %o', async (reason, options) => {
    const error = await python.env(options as EnvOptions).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(BridgeError)
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' })
    expect((error as BridgeError).message).toContain(reason)
    expect(python.info.started).toBe(false)
  })

  test.each([
    ['an editable project', '-e .'],
    ['a path', './wheels/a.whl'],
  ])('a requirements file with %s', async (_, line) => {
    const from = write(join(temporaryFolder(), 'requirements.txt'), `six\n${line}\n`)
    await expect(python.env({ from })).rejects.toThrow(`${from} installs from a path: ${line}`)
  })

  test('a project whose dependencies only its build knows', async () => {
    const content = '[project]\nname = "a"\ndynamic = ["version", "dependencies"]\n'
    const from = write(join(temporaryFolder(), 'pyproject.toml'), content)
    await expect(python.env({ from })).rejects.toThrow('has no plain list of dependencies')
  })
})

const uv = uvHere()

if (uv === undefined) skipLoudly('python.env with uv', 'uv is neither on PATH nor in .venv')

describe.skipIf(uv === undefined)('builds', () => {
  let index: string
  beforeAll(() => {
    index = realpathSync(mkdtempSync(join(tmpdir(), 'pybridge-index-')))
    for (const version of ['1.0', '2.0']) wheel(index, 'probe_a', version)
    wheel(index, 'probe_b', '1.0')
    return () => rmSync(index, { recursive: true, force: true })
  })

  /** A user with an empty cache, whose uv writes what it is asked into a log, and what they run. */
  function newUser(lines: string[] = []) {
    const home = temporaryFolder()
    const log = write(join(home, 'log'))
    const own = script(join(home, 'uv'), `echo "$@" >> ${log}`, ...lines, `exec ${uv} "$@"`)
    const env: Record<string, string | null> = {
      HOME: home,
      UV: own,
      XDG_CACHE_HOME: join(home, 'cache'),
      UV_CACHE_DIR: join(home, 'uv-cache'),
      UV_FIND_LINKS: index,
      UV_NO_INDEX: '1',
      UV_OFFLINE: '1',
      UV_PYTHON_DOWNLOADS: 'never',
      VIRTUAL_ENV: null,
      PYBRIDGE_PYTHON: null,
    }
    const tell = `
      const { VERSION } = await import('node:module').then(() => python.import('probe_a'))
      const step = python.info.steps.at(-1)
      console.log(JSON.stringify({ VERSION, step, prefix: String(python.import('sys').prefix) }))`
    return {
      home,
      envs: join(home, 'cache/pybridge/envs'),
      asked: () => readFileSync(log, 'utf8').split('\n').filter(Boolean),
      run: (source: string, options: RunOptions = {}) =>
        runNode(source, { timeout: 60_000, ...options, env: { ...env, ...options.env } }),
      async start(options: object, more: RunOptions = {}) {
        const given = JSON.stringify({ python: defaultPython, ...options })
        const ending = await this.run(`await python.env(${given})\n${tell}`, more)
        expect(ending, ending.stderr).toMatchObject({ code: 0 })
        return JSON.parse(ending.stdout.trim().split('\n').at(-1) ?? '')
      },
    }
  }

  test('once: from then on it is found without uv', async () => {
    const user = newUser()
    const first = await user.start({ requires: ['probe-a'] })
    expect(first.VERSION).toBe('2.0')
    expect(first.step).toMatchObject({ source: 'python.env', outcome: 'chosen' })
    expect(first.step.detail).toContain('built with uv, for probe-a: it is Python 3.')
    expect(first.step.tried).toBe(first.prefix)
    expect(readdirSync(user.envs)).toEqual([basename(first.prefix)])
    const before = user.asked()
    const env = { UV: '/nonexistent/uv', PATH: '/nonexistent' }
    const second = await user.start({ requires: ['probe-a'] }, { env })
    expect(second.prefix).toBe(first.prefix)
    expect(second.step.detail).toContain('kept from an earlier build')
    expect(user.asked()).toEqual(before)
  })

  test('its scripts and its record name no folder of the build', async () => {
    const user = newUser()
    const { prefix } = await user.start({ requires: ['probe-a'] })
    const program = readFileSync(join(prefix, 'bin/probe_a'), 'utf8')
    expect(program).not.toContain(user.envs)
    expect(JSON.parse(readFileSync(join(prefix, 'pybridge.json'), 'utf8'))).toMatchObject({
      requires: ['probe-a'],
      platform: process.platform,
    })
  })

  test('another for other requirements, and the same for another order of them', async () => {
    const user = newUser()
    const wishes = [
      ['probe-a<2', 'probe-b'],
      ['probe-b', ' probe-a<2', 'probe-b'],
      ['probe-a', 'probe-b'],
    ]
    const all = []
    for (const requires of wishes) all.push(await user.start({ requires }))
    expect(all.map(({ VERSION }) => VERSION)).toEqual(['1.0', '1.0', '2.0'])
    expect(all[1].prefix).toBe(all[0].prefix)
    expect(all[2].prefix).not.toBe(all[0].prefix)
  })

  test.skipIf(pythons.length < 2)('another for another Python', async () => {
    const user = newUser()
    const [first, second] = await Promise.all(
      pythons.slice(0, 2).map((python) => user.start({ requires: ['probe-a'], python })),
    )
    expect(second.prefix).not.toBe(first.prefix)
  })

  test('once, where several processes ask at the same time', async () => {
    const user = newUser(['sleep 0.3'])
    const all = await Promise.all([1, 2, 3].map(() => user.start({ requires: ['probe-a'] })))
    expect(new Set(all.map(({ prefix }) => prefix)).size).toBe(1)
    expect(user.asked().filter((line) => line.startsWith('venv'))).toHaveLength(1)
    expect(readdirSync(user.envs)).toEqual([basename(all[0].prefix)])
  })

  test('again, after a builder that was killed, and clears up after it', async () => {
    const user = newUser([`[ -e "$HOME/slow" ] && sleep 20 && exit 1`])
    const flag = write(join(user.home, 'slow'))
    const source = `
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), 700)
      await python.env(${JSON.stringify({ python: defaultPython, requires: ['probe-a'] })})`
    expect((await user.run(source)).signal).toBe('SIGKILL')
    const [name = ''] = readdirSync(user.envs)
    folder(join(user.envs, `${name.replace('.lock', '')}.999999999.abc/bin`))
    rmSync(flag)
    const { prefix } = await user.start({ requires: ['probe-a'] })
    expect(readdirSync(user.envs)).toEqual([basename(prefix)])
  })

  test('again, where what is kept is broken', async () => {
    const user = newUser()
    const { prefix } = await user.start({ requires: ['probe-a'] })
    write(join(prefix, 'pyvenv.cfg'), 'home = /nonexistent/bin\n')
    const again = await user.start({ requires: ['probe-a'] })
    expect(again.prefix).toBe(prefix)
    expect(again.step.detail).toContain('built with uv')
    expect(readdirSync(user.envs)).toEqual([basename(prefix)])
  })

  test('from the base of an environment that is named', async () => {
    const user = newUser()
    const own = join(user.home, 'own')
    const base = JSON.parse(
      ask(defaultPython, 'import json, sys; print(json.dumps(sys._base_executable))'),
    )
    execFileSync(base, ['-m', 'venv', '--without-pip', own])
    const { prefix } = await user.start({ requires: ['probe-a'], python: own })
    const same = await user.start({ requires: ['probe-a'], python: base })
    expect(same.prefix).toBe(prefix)
    expect(readFileSync(join(prefix, 'pyvenv.cfg'), 'utf8')).toContain(`home = ${dirname(base)}`)
  })

  test('from a requirements file, and again when one that it includes has changed', async () => {
    const user = newUser()
    const from = write(
      join(user.home, 'requirements.txt'),
      'probe-b # needed\n-c limits.txt\nprobe-a\n',
    )
    const limits = write(join(user.home, 'limits.txt'), 'probe-a==1.0\n')
    expect((await user.start({ from })).VERSION).toBe('1.0')
    write(limits, 'probe-a==2.0\n')
    expect((await user.start({ from })).VERSION).toBe('2.0')
  })

  test('from a pyproject.toml, with the Python that it asks for', async () => {
    const user = newUser()
    const content = (range: string) =>
      `[project]\nname = "a"\nrequires-python = "${range}"\ndependencies = ["probe-a<2"]\n`
    const from = write(join(user.home, 'pyproject.toml'), content('>=3.8'))
    const env = { PATH: [join(defaultPython, '..'), process.env.PATH].join(delimiter) }
    const given = { from, requires: ['probe-b'], python: undefined }
    const { VERSION, step } = await user.start(given, { env })
    expect(VERSION).toBe('1.0')
    expect(step.detail).toContain('for probe-a<2, probe-b: ')
    write(from, content('>=4'))
    const ending = await user.run(`await python.env(${JSON.stringify({ from })})`, { env })
    expect(ending.stderr).toContain('the version asked for is >=4')
  })

  test('with the other options of a start', async () => {
    const user = newUser()
    const given = {
      python: defaultPython,
      requires: ['probe-a'],
      argv: ['me', 'x'],
      path: ['/here'],
    }
    const ending = await user.run(`
      await python.env(${JSON.stringify(given)})
      console.log(...python.copy(python.import('sys').argv), python.import('sys').path[0] + '')
      await python.env(${JSON.stringify(given)})
      try { python.start({ argv: ['other'] }) } catch (error) { console.log(error.code) }`)
    expect(ending).toMatchObject({ code: 0, stdout: 'me x /here\nALREADY_STARTED\n' })
  })

  test('once, where one process asks twice at the same time, or a worker does', async () => {
    const user = newUser(['sleep 0.2'])
    const given = JSON.stringify({ python: defaultPython, requires: ['probe-a'] })
    const ending = await user.run(`
      import { isMainThread, Worker } from 'node:worker_threads'
      if (isMainThread) {
        const ask = () => python.env(${given})
        const ended = new Promise((resolve) => new Worker(new URL(import.meta.url)).on('exit', resolve))
        await Promise.all([ask(), ask()])
        await ended
      } else await python.env(${given})
      console.log(isMainThread, python.import('probe_a').VERSION + '')`)
    expect(ending, ending.stderr).toMatchObject({ code: 0 })
    expect(ending.stdout.trim().split('\n').sort()).toEqual(['false 2.0', 'true 2.0'])
    expect(user.asked().filter((line) => line.startsWith('venv'))).toHaveLength(1)
  })

  test('tells of its progress', async () => {
    const user = newUser()
    const ending = await user.run(`
      const lines = []
      const onProgress = (line) => lines.push(line)
      await python.env({ python: ${JSON.stringify(defaultPython)}, requires: ['probe-a'], onProgress })
      console.log(lines.join('\\n'))`)
    expect(ending.stdout).toContain('+ probe-a==2.0')
    expect(ending.stderr).toBe('')
  })

  describe('nothing', () => {
    test('where a requirement cannot be met: the error is in the words of uv', async () => {
      const user = newUser()
      const ending = await user.run(`
        try { await python.env({ python: ${JSON.stringify(defaultPython)}, requires: ['probe-a>=9'] }) }
        catch (error) { console.log(error.code, error.message) }
        console.log(python.info.started)`)
      expect(ending.stdout).toContain(
        'ENV_FAILED the environment could not be built: `uv pip install`',
      )
      expect(ending.stdout).toContain('probe-a>=9')
      expect(ending.stdout).toContain('What to do: ')
      expect(ending.stdout.trim().endsWith('false')).toBe(true)
      expect(readdirSync(user.envs)).toEqual([])
    })

    test('where Python runs already', async () => {
      const user = newUser()
      const ending = await user.run(`
        python.start({ python: ${JSON.stringify(defaultPython)} })
        try { await python.env({ requires: ['probe-a'], python: ${JSON.stringify(defaultPython)} }) }
        catch (error) { console.log(error.code) }`)
      expect(ending.stdout).toBe('ALREADY_STARTED\n')
      expect(user.asked()).toEqual([])
    })

    test('where the cache cannot be written', async () => {
      const user = newUser()
      const blocked = write(join(user.home, 'blocked'))
      const given = JSON.stringify({ python: defaultPython, requires: ['probe-a'] })
      const source = `await python.env(${given}).catch(({ message }) => console.log(message))`
      const { stdout } = await user.run(source, { env: { XDG_CACHE_HOME: blocked } })
      expect(stdout).toContain(`${blocked}/pybridge/envs cannot be written to (ENOTDIR)`)
      expect(stdout).toContain('XDG_CACHE_HOME')
    })

    test('without uv', async () => {
      const user = newUser()
      const env = { UV: null, PATH: '/nonexistent' }
      const given = JSON.stringify({ python: defaultPython, requires: ['probe-a'] })
      const source = `await python.env(${given}).catch(({ message }) => console.log(message))`
      const { stdout } = await user.run(source, { env })
      expect(stdout).toContain('uv, which builds environments, was not found')
      expect(stdout).toContain('pipx install uv')
    })
  })

  describe('where no Python here is of the version', () => {
    const source = `await python.env({ python: '3.97' }).catch(({ code, message }) => console.log(code, message))`

    test('uv is asked to install one', async () => {
      const user = newUser(['[ "$1" = python ] && echo no such luck >&2 && exit 2'])
      const { stdout } = await user.run(source, { env: { UV_PYTHON_DOWNLOADS: null } })
      expect(user.asked()).toEqual(['python install 3.97'])
      expect(stdout).toContain('ENV_FAILED')
      expect(stdout).toContain('`uv python install` says:\nno such luck')
    })

    test.each(['never', 'manual'])('but not with UV_PYTHON_DOWNLOADS=%s', async (value) => {
      const user = newUser()
      const { stdout } = await user.run(source, { env: { UV_PYTHON_DOWNLOADS: value } })
      expect(user.asked()).toEqual([])
      expect(stdout).toContain('WRONG_VERSION')
      expect(stdout).toContain("uv python install '3.97'")
    })
  })
})
