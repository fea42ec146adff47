#!/usr/bin/env node
import { printableLines } from '@sallyport/context';
import { toAppError } from '@sallyport/errors';
import { Command } from 'commander';
import { doctorCommand } from './doctor/doctor.command.js';
import { kubernetesCommand } from './kubernetes/kubernetes.command.js';
import { natsCommand } from './nats/nats.command.js';
import { ansibleInventoryCommand, sshConfigCommand } from './reach/reach.command.js';
import { recordingCommand } from './recording/recording.command.js';
import { selftestCommand } from './selftest/selftest.command.js';
import { bucketCommand } from './stores/bucket.command.js';
import { databaseCommand } from './stores/database.command.js';
import { verifyCommand } from './verify/verify.command.js';

/** Longest text that is printed at once. */
const MAX_CHARS = 1024 * 1024;

// Names in recordings are texts of other parties: a terminal must not obey them.
const print = (line: string): void => void process.stdout.write(`${printableLines(line, MAX_CHARS)}\n`);
const complain = (line: string): void => void process.stderr.write(`${printableLines(line, MAX_CHARS)}\n`);

const program = new Command('sallyport')
  .description('Sallyport from the command line')
  .addCommand(verifyCommand(print, (code) => (process.exitCode = code)).exitOverride())
  .addCommand(recordingCommand(print, (code) => (process.exitCode = code)).exitOverride())
  .addCommand(doctorCommand(print, (code) => (process.exitCode = code)).exitOverride())
  .addCommand(databaseCommand(print).exitOverride())
  .addCommand(bucketCommand(print).exitOverride())
  .addCommand(natsCommand(print).exitOverride())
  .addCommand(kubernetesCommand(print).exitOverride())
  .addCommand(selftestCommand(print).exitOverride())
  .addCommand(sshConfigCommand(print, complain).exitOverride())
  .addCommand(ansibleInventoryCommand(print, complain).exitOverride())
  .exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeFor(error);
}

/** Returns 2 for every error that kept the command from its work. commander has printed its own errors and help. */
function exitCodeFor(error: unknown): number {
  const { code, exitCode, cause } = error as { code?: string; exitCode?: number; cause?: unknown };
  if (code?.startsWith('commander.')) return exitCode === 0 ? 0 : 2;
  const { message } = toAppError(error);
  complain(`sallyport: ${message}`);
  if (cause === undefined && !(error instanceof Error && 'kind' in error)) complain(String((error as Error).stack ?? error));
  return 2;
}
