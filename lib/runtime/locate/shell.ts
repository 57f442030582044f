/** A path as a word of a command that is there to be copied. */
export function quoted(path: string): string {
  if (process.platform === 'win32') return path.includes(' ') ? `"${path}"` : path
  return /^[\w@%+=:,./~-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
