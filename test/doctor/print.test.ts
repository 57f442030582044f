import { describe, expect, test } from 'vitest'
import { print } from '../../lib/doctor/print.js'
import type { DoctorFinding, DoctorReport } from '../../lib/index.js'

const plain = { columns: null, colours: false }

function report(...findings: Partial<DoctorFinding>[]): DoctorReport {
  const fine = { check: 'start', outcome: 'ok', code: null, said: 'fine' } as const
  return {
    schema: 1,
    outcome: findings.some(({ outcome }) => outcome === 'error') ? 'error' : 'ok',
    system: {
      platform: 'linux',
      arch: 'x64',
      name: 'Made-up Linux 1',
      libc: 'musl',
      libcVersion: null,
      runtime: { name: 'bun', version: '1.2.3', executable: '/bin/bun' },
      pybridge: { version: '0.1.0', folder: '/app', addon: null },
    },
    steps: [{ source: 'PATH', tried: '/usr/bin/python3', outcome: 'chosen', detail: 'because' }],
    python: null,
    findings: findings.map((each) => ({ ...fine, advice: null, commands: [], ...each })),
  }
}

const long = Array.from({ length: 40 }, (_, index) => `word${index}`).join(' ')
const ill = { outcome: 'error', code: 'CRASHED', said: 'it died', advice: 'mend it' } as const

describe('a finding', () => {
  test('that is well is one line', () => {
    expect(print(report({}), plain)).toContain('Checks\n  ok          fine\n')
  })

  test('that is not has its code, what to do, and commands on lines of their own', () => {
    const text = print(report({ ...ill, commands: ['one --two', 'three'] }), plain)
    expect(text).toContain(
      [
        '  error       it died [CRASHED]',
        '              What to do: mend it',
        '                $ one --two',
        '                $ three',
        '',
      ].join('\n'),
    )
    expect(text).toMatch(/1 error, 0 warnings\.\n$/)
  })
})

describe('lines', () => {
  test('are broken at spaces where the terminal ends, and commands are not', () => {
    const text = print(report({ ...ill, said: long, commands: [long] }), { ...plain, columns: 60 })
    for (const line of text.split('\n')) {
      if (!line.includes('$')) expect(line.length).toBeLessThanOrEqual(60)
    }
    expect(text).toContain(`$ ${long}`)
  })

  test.each([1, 20, 30])('are not broken to nothing in %i columns', (columns) => {
    expect(print(report({ said: long }), { ...plain, columns })).toContain('word0')
  })

  test('are whole where there is no terminal', () => {
    expect(print(report({ said: long }), plain)).toContain(long)
  })
})

test('names keep their spaces, and what would move the cursor is shown as what it is', () => {
  const said = '/my  folder/\u001b[2J\rpython\u0007'
  const text = print(report({ said, ...{ commands: [said], advice: 'a\nb' } }), plain)
  expect(text).toContain('/my  folder/\\x1b[2J\\x0dpython\\x07')
  expect(text).toContain('What to do: a b')
  expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
})

test('colours wrap words, and change nothing else', () => {
  const coloured = print(report(ill, {}), { ...plain, colours: true })
  const colour = '\u001b['
  expect(coloured).toContain(`${colour}31merror${colour}0m`)
  const without = coloured
    .split(colour)
    .map((part, index) => (index === 0 ? part : part.replace(/^\d+m/, '')))
  expect(without.join('')).toBe(print(report(ill, {}), plain))
})
