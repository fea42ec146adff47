import { CommandKind as PbKind, RiskLevel as PbRisk, type CommandRecorded } from '@sallyport/proto-gen/command/v1/command_event';
import type { Command, CommandKind, RiskLevel } from '../store/index.js';

const KIND = { typed: PbKind.TYPED, exec: PbKind.EXEC, file: PbKind.FILE, piped: PbKind.PIPED } as const satisfies Record<
  CommandKind,
  PbKind
>;
const RISK = { accept: PbRisk.ACCEPT, warning: PbRisk.WARNING, reject: PbRisk.REJECT } as const satisfies Record<RiskLevel, PbRisk>;

/** A command as peers get it. */
export const commandToPb = (command: Command): CommandRecorded => ({
  ...command,
  kind: KIND[command.kind],
  riskLevel: RISK[command.riskLevel],
  outputTruncated: command.outputTruncated ?? undefined,
  outputBytes: command.outputBytes ?? undefined,
});
