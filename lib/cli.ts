#!/usr/bin/env node
// What `npx pybridge` runs. It loads no native code: `doctor` has to work where that cannot be loaded.
import process from 'node:process'
import * as doctor from './doctor/command.js'
import { runProbe } from './doctor/probe.js'
import { manifest } from './doctor/system.js'

/** One word after `pybridge`. */
interface Command {
  /** One line for the list of commands. */
  summary: string
  help: string
  /** Resolves to the exit code. */
  run(args: string[]): Promise<number>
}

const commands: Readonly<Record<string, Command>> = { doctor }

const USAGE = 2

const help = `Usage: pybridge COMMAND [options]

Commands:
${Object.entries(commands)
  .map(([name, { summary }]) => `  ${name}  ${summary}`)
  .join('\n')}

Options:
  --version  print the version of pybridge
  --help     print this, or the help of a command

Example:
  npx pybridge doctor`

async function main([first, ...rest]: string[]): Promise<number> {
  if (first === undefined) return misused('no command is given')
  if (first === '--help' || first === '-h' || first === 'help') return say(help)
  if (first === '--version' || first === '-v') return say(manifest.version)
  const command = Object.hasOwn(commands, first) ? commands[first] : undefined
  if (command === undefined) return misused(`there is no command ${first}`)
  if (rest.includes('--help') || rest.includes('-h')) return say(command.help)
  try {
    return await command.run(rest)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (!code?.startsWith('ERR_PARSE_ARGS')) throw error
    return misused(message, ` ${first}`)
  }
}

function say(text: string): number {
  process.stdout.write(`${text}\n`)
  return 0
}

function misused(what: string, command = ''): number {
  process.stderr.write(`pybridge: ${what}\nTry \`npx pybridge${command} --help\`.\n`)
  return USAGE
}

// `pybridge doctor | head -1` closes the pipe early: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return
  process.stderr.write(`pybridge: the output cannot be written: ${error.message}\n`)
  process.exitCode = 1
})

const [, , ...args] = process.argv
const [order, argument] = args
// The process that the doctor starts to see whether it lives.
if (order === 'probe' && argument !== undefined) await runProbe(argument)
else process.exitCode = await main(args)
