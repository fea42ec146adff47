import { CommandCertainty, CommandKind, RiskLevel, type CommandRecorded } from '@sallyport/proto-gen/command/v1/command_event';

/** A command as every store keeps it: the event that the recorder published, with kind, risk level and time set. */
export type Command = Readonly<CommandRecorded> & {
  readonly kind: Exclude<CommandKind, CommandKind.UNSPECIFIED>;
  readonly riskLevel: Exclude<RiskLevel, RiskLevel.UNSPECIFIED>;
  readonly certainty?: Exclude<CommandCertainty, CommandCertainty.UNSPECIFIED> | undefined;
  readonly timestamp: Date;
};

/** Stored texts of the kinds. */
export const KIND_NAMES = {
  [CommandKind.TYPED]: 'typed',
  [CommandKind.EXEC]: 'exec',
  [CommandKind.FILE]: 'file',
  [CommandKind.PIPED]: 'piped',
  [CommandKind.PROGRAM]: 'program',
} as const satisfies Record<Command['kind'], string>;

/** Stored texts of the certainties. */
export const CERTAINTY_NAMES = {
  [CommandCertainty.SEEN]: 'seen',
  [CommandCertainty.PIPED]: 'piped',
  [CommandCertainty.INFERRED]: 'inferred',
  [CommandCertainty.MISSED]: 'missed',
} as const satisfies Record<NonNullable<Command['certainty']>, string>;

/** Stored texts of the risk levels. */
export const RISK_NAMES = {
  [RiskLevel.ACCEPT]: 'accept',
  [RiskLevel.WARNING]: 'warning',
  [RiskLevel.REJECT]: 'reject',
} as const satisfies Record<Command['riskLevel'], string>;
