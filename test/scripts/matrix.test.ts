import { describe, expect, test } from 'vitest'
// @ts-expect-error scripts are JavaScript
import { cells, chosen, nameOf, today } from '../../scripts/matrix/cells.mjs'
// @ts-expect-error scripts are JavaScript
import { table } from '../../scripts/matrix/table.mjs'

interface Cell {
  python: string
  runtime: string
}

describe('the cells', () => {
  test('are every Python on this Node, and every runtime on one Python', () => {
    expect(new Set(cells.map(nameOf)).size).toBe(cells.length)
    expect(cells.filter(({ runtime }: Cell) => runtime === 'node').length).toBeGreaterThanOrEqual(
      10,
    )
    expect(
      new Set(
        cells.filter(({ runtime }: Cell) => runtime !== 'node').map((cell: Cell) => cell.python),
      ).size,
    ).toBe(1)
  })

  test.each([
    ['', cells.length],
    ['runtime=bun', 1],
    ['runtime=bun+deno', 2],
    ['python=3.8', 1],
    ['python=3.13,runtime=bun', 1],
  ])('--only %s is %d of them', (only, count) => {
    expect(chosen(only)).toHaveLength(count)
  })

  test.each(['python=2.7', 'runtime=browser', 'node=20'])('--only %s is refused', (only) => {
    expect(() => chosen(only)).toThrow(/is one of|takes/)
  })

  test('each has its day', () => {
    const days = Array.from({ length: 12 }, (_, day) => today(2, day))
    for (const day of days) expect(new Set(day.map(nameOf)).size).toBe(2)
    expect(new Set(days.flat().map(nameOf)).size).toBe(cells.length)
  })
})

test('the table says what ran, and what was missing and why', () => {
  const about = {
    version: '3.13.0',
    freeThreaded: true,
    runtime: 'Node 20.20.2',
    libc: 'glibc 2.36',
    loop: 'libuv',
  }
  const lines = table([
    {
      cell: { python: '3.13t', runtime: 'node' },
      about,
      passed: 5,
      failed: 0,
      skipped: 1,
      differs: 0,
    },
    { cell: { python: '3.11', runtime: 'bun' }, missing: 'no network' },
  ]).split('\n')
  expect(lines[2]).toMatch(
    /^\| 3\.13\.0 free-threaded +\| Node 20\.20\.2 .*\| 5 +\| 0 +\| 1 +\| 0 +\|/,
  )
  expect(lines[3]).toMatch(/^\| 3\.11 +\| bun .*no network/)
})
