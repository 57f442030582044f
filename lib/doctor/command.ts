import process from 'node:process'
import { parseArgs } from 'node:util'
import { examine } from './examine.js'
import { print, type Style } from './print.js'

export const summary = 'tells which Python is chosen, why, and what is wrong with it'

export const help = `Usage: pybridge doctor [options]

Tells which Python pybridge chooses here and why, starts it in a process of its own, and says
what is wrong, with the command that mends it on this system.

Options:
  --python NAME    look at this Python: an executable, a command, a prefix or an environment
  --venv FOLDER    look at this virtual environment
  --range RANGE    only these versions will do: '3.12', '>=3.11'
  --import MODULE  import this first, as your program does; may be given several times
  --timeout SECS   give Python so long to start and to answer; 60 by default
  --json           print the report as JSON: docs/doctor.md has its shape
  --help           print this

Example:
  npx pybridge doctor --venv .venv

Exit codes:
  0  Python runs, perhaps with warnings
  1  Python cannot start, or something that is installed in it cannot be loaded
  2  the command line cannot be understood`

/** Resolves to the exit code. Throws what parseArgs throws where it does not understand. */
export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      python: { type: 'string' },
      venv: { type: 'string' },
      range: { type: 'string' },
      import: { type: 'string', multiple: true },
      timeout: { type: 'string', default: '60' },
      json: { type: 'boolean' },
    },
  })
  const { import: imports = [], json, python, range: version, venv } = values
  const timeout = Number(values.timeout)
  if (!(timeout > 0 && timeout < 1e6)) throw misuse('--timeout is a number of seconds')
  const report = await examine({ python, venv, version, imports, timeout })
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : print(report, styleOf()))
  return report.outcome === 'error' ? 1 : 0
}

/** As parseArgs refuses what it does not understand. */
function misuse(message: string): Error {
  return Object.assign(new TypeError(message), { code: 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE' })
}

/** By the customs of terminals: no colours into files, nor where NO_COLOR is set. */
function styleOf(): Style {
  const { columns, isTTY } = process.stdout
  const { FORCE_COLOR, NO_COLOR, TERM } = process.env
  const isForced = FORCE_COLOR !== undefined && FORCE_COLOR !== '0'
  return {
    columns: isTTY ? columns : null,
    colours: !NO_COLOR && (isForced || (isTTY === true && TERM !== 'dumb' && FORCE_COLOR !== '0')),
  }
}
