import type { CommandListQuery, CommandView } from '@sallyport/contracts';
import { CommandCertainty, CommandKind, RiskLevel, type CommandRecorded } from '@sallyport/proto-gen/command/v1/command_event';
import type { SearchRequest } from '@sallyport/proto-gen/command/v1/command_search';

const RISK_TO_PB = {
  accept: RiskLevel.ACCEPT,
  warning: RiskLevel.WARNING,
  reject: RiskLevel.REJECT,
} satisfies Record<CommandView['risk_level'], RiskLevel>;

const KIND_TO_PB = {
  typed: CommandKind.TYPED,
  exec: CommandKind.EXEC,
  file: CommandKind.FILE,
  piped: CommandKind.PIPED,
  program: CommandKind.PROGRAM,
} satisfies Record<CommandView['kind'], CommandKind>;

const CERTAINTY_TO_PB = {
  seen: CommandCertainty.SEEN,
  piped: CommandCertainty.PIPED,
  inferred: CommandCertainty.INFERRED,
  missed: CommandCertainty.MISSED,
} satisfies Record<NonNullable<CommandView['certainty']>, CommandCertainty>;

/** Returns the search for the indexer. */
export const searchToPb = (query: CommandListQuery, orgId: string): SearchRequest => ({
  search: query.search,
  orgId,
  user: query.user ?? '',
  asset: query.asset ?? '',
  account: query.account ?? '',
  sessionId: query.session ?? '',
  riskLevel: query.risk_level ? RISK_TO_PB[query.risk_level] : RiskLevel.UNSPECIFIED,
  certainty: query.certainty ? CERTAINTY_TO_PB[query.certainty] : CommandCertainty.UNSPECIFIED,
  kind: query.kind ? KIND_TO_PB[query.kind] : CommandKind.UNSPECIFIED,
  dateFrom: query.date_from ? new Date(query.date_from) : undefined,
  dateTo: query.date_to ? new Date(query.date_to) : undefined,
  limit: query.limit,
  offset: query.offset,
  cursor: query.cursor ?? '',
});

/** Returns a command as REST shows it. `began` is the start of its session; undefined if that is unknown. */
export const toCommandView = (it: CommandRecorded, began: Date | undefined): CommandView => ({
  id: it.id,
  session: it.sessionId,
  seq: Number(it.seq),
  channel: it.channel,
  kind: kindFromPb(it.kind),
  program: it.program ?? null,
  user: it.username,
  user_id: it.userId,
  asset: it.assetName,
  asset_id: it.assetId,
  account: it.account,
  org: it.orgId,
  input: it.input,
  output: it.output,
  output_truncated: it.outputTruncated ?? null,
  output_bytes: it.outputBytes === undefined ? null : Number(it.outputBytes),
  certainty: certaintyFromPb(it.certainty),
  timestamp: (it.timestamp ?? new Date(0)).toISOString(),
  offset_seconds: began && it.timestamp ? Math.max(0, (it.timestamp.getTime() - began.getTime()) / 1000) : null,
  risk_level: riskFromPb(it.riskLevel),
});

function kindFromPb(kind: CommandKind): CommandView['kind'] {
  switch (kind) {
    case CommandKind.EXEC:
      return 'exec';
    case CommandKind.FILE:
      return 'file';
    case CommandKind.PIPED:
      return 'piped';
    case CommandKind.PROGRAM:
      return 'program';
    case CommandKind.TYPED:
    case CommandKind.UNSPECIFIED:
      return 'typed';
  }
}

function certaintyFromPb(certainty: CommandCertainty | undefined): CommandView['certainty'] {
  switch (certainty) {
    case CommandCertainty.SEEN:
      return 'seen';
    case CommandCertainty.PIPED:
      return 'piped';
    case CommandCertainty.INFERRED:
      return 'inferred';
    case CommandCertainty.MISSED:
      return 'missed';
    case CommandCertainty.UNSPECIFIED:
    case undefined:
      return null;
  }
}

function riskFromPb(risk: RiskLevel): CommandView['risk_level'] {
  switch (risk) {
    case RiskLevel.WARNING:
      return 'warning';
    case RiskLevel.REJECT:
      return 'reject';
    case RiskLevel.ACCEPT:
    case RiskLevel.UNSPECIFIED:
      return 'accept';
  }
}
