import { expect, test } from 'vitest'
import {
  full,
  parseVersion,
  short,
  versionOfExecutable,
  versionOfLibrary,
} from '../../../lib/runtime/locate/version.js'

test.each([
  ['3.11', '3.11'],
  ['3.11.2', '3.11'],
  ['3.13t', '3.13t'],
  ['2.7.18', '2.7'],
  ['3.11.2.final.0', '3.11'],
  [' 3.12.1 ', '3.12'],
  ['3', null],
  ['', null],
  ['python', null],
])('the version %o is %o', (text, expected) => {
  const version = parseVersion(text)
  expect(version && full(version)).toBe(expected)
})

test.each([
  ['python3.11', '3.11'],
  ['python3.13t', '3.13t'],
  ['python3.13td', '3.13td'],
  ['python2.7', '2.7'],
  ['platform-python3.6', '3.6'],
  ['python3', null],
  ['python', null],
  ['pypy3.10', null],
])('the executable %s tells %o', (name, expected) => {
  const version = versionOfExecutable(name)
  expect(version && full(version)).toBe(expected)
})

test.each([
  ['libpython3.11.so.1.0', '3.11'],
  ['libpython3.13t.so.1.0', '3.13t'],
  ['libpython3.7m.so.1.0', '3.7m'],
  ['libpython2.7.so.1.0', '2.7'],
  ['/opt/py/lib/libpython3.12.dylib', '3.12'],
  ['libpython3.so', null],
  ['libc.so.6', null],
])('the library %s tells %o', (name, expected) => {
  const version = versionOfLibrary(name)
  expect(version && full(version)).toBe(expected)
})

test('ABI flags are no part of the short version', () => {
  expect(short({ major: 3, minor: 13, patch: null, flags: 'td' })).toBe('3.13')
})
