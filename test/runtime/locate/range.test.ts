import { describe, expect, test } from 'vitest'
import { parseRange } from '../../../lib/runtime/locate/range.js'
import { parseVersion, type Version } from '../../../lib/runtime/locate/version.js'

const version = (text: string) => parseVersion(text) as Version
const allows = (range: string, text: string) => parseRange(range)?.allows(version(text))

describe('a version alone stands for all that begin with it', () => {
  test.each([
    ['3', '3.8.0', true],
    ['3', '2.7.18', false],
    ['3.12', '3.12.0', true],
    ['3.12', '3.12.99', true],
    ['3.12', '3.1.2', false],
    ['3.12', '3.120.1', false],
    ['3.12.*', '3.12.4', true],
    ['3.12.4', '3.12.4', true],
    ['3.12.4', '3.12.5', false],
    ['3.14.0rc1', '3.14.0', true],
  ])('%s, and %s: %s', (range, text, expected) => {
    expect(allows(range, text)).toBe(expected)
  })
})

describe('specifiers are those of PEP 440', () => {
  test.each([
    ['>=3.11', '3.11.0', true],
    ['>=3.11', '3.10.9', false],
    ['>=3.11,<3.14', '3.13.9', true],
    ['>=3.11,<3.14', '3.14.0', false],
    ['>= 3.11 , < 3.14', '3.12.1', true],
    ['>3.11', '3.11.0', false],
    ['>3.11', '3.11.1', true],
    ['<=3.11', '3.11.1', false],
    ['<=3.11.*', '3.11.1', undefined],
    ['==3.11', '3.11.0', true],
    ['==3.11', '3.11.4', false],
    ['==3.11.*', '3.11.4', true],
    ['===3.11.4', '3.11.4', true],
    ['===3.11.4', '3.11.5', false],
    ['!=3.11.*', '3.11.4', false],
    ['!=3.11.4', '3.11.5', true],
    ['>=3.8,!=3.9.7', '3.9.7', false],
    ['~=3.11', '3.13.0', true],
    ['~=3.11', '4.0.0', false],
    ['~=3.11.2', '3.11.9', true],
    ['~=3.11.2', '3.11.1', false],
    ['~=3.11.2', '3.12.0', false],
    ['>=3.11.0rc1', '3.11.0', true],
  ])('%s, and %s: %s', (range, text, expected) => {
    expect(allows(range, text)).toBe(expected)
  })
})

describe('what Poetry adds', () => {
  test.each([
    ['^3.11', '3.14.0', true],
    ['^3.11', '3.10.0', false],
    ['^3.11', '4.0.0', false],
    ['~3.11', '3.11.8', true],
    ['~3.11', '3.12.0', false],
    ['~3', '3.12.0', true],
    ['>=3.8 <3.10', '3.9.1', true],
    ['~3.8 || ~3.11', '3.9.0', false],
    ['~3.8 || ~3.11', '3.11.0', true],
  ])('%s, and %s: %s', (range, text, expected) => {
    expect(allows(range, text)).toBe(expected)
  })
})

describe('builds', () => {
  test.each([
    ['3.13t', '3.13.0t', true],
    ['3.13t', '3.13.0', false],
    ['3.13', '3.13.0t', true],
    ['>=3.13t', '3.14.0t', true],
    ['3.13d', '3.13.0d', true],
    ['3.13td', '3.13.0t', false],
  ])('%s, and %s: %s', (range, text, expected) => {
    expect(allows(range, text)).toBe(expected)
  })
})

describe('where the patch level is not known', () => {
  test.each([
    ['3.12', '3.12', true],
    ['>=3.12', '3.12', true],
    ['<3.12', '3.12', false],
    ['>=3.12.3', '3.12', null],
    ['>=3.12.3', '3.13', true],
    ['>=3.12.3', '3.11', false],
    ['>3.12', '3.12', null],
    ['==3.12', '3.12', null],
    ['!=3.12.1', '3.12', null],
    ['!=3.12.1', '3.11', true],
    ['>=3.12.3,<3.12.3', '3.12', false],
    ['~=3.12.3 || ^3.8', '3.12', true],
  ])('%s, and %s: %s (null: it decides)', (range, text, expected) => {
    expect(allows(range, text)).toBe(expected)
  })
})

test.each([
  '',
  '  ',
  'three',
  '3.x',
  '>=',
  'pypy3.10',
  '3.12-dev',
  '3.12.4.5',
  '~=3',
  '>=3.11 or so',
  '3.11 - 3.13',
  '||',
  '>=3.8.*',
])('%o is no range', (text) => {
  expect(parseRange(text)).toBeNull()
})

test('a trailing comma is forgiven', () => {
  expect(allows('>=3.11,', '3.12.0')).toBe(true)
})
