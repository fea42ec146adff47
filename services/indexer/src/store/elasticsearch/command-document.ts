import type { Command, CommandKind, RiskLevel } from '../command.js';
import { foldedInput, wordsOf } from '../search-text.js';

/** A command as Elasticsearch keeps it; `folded` and `words` are made by search-text.ts. */
export interface CommandDocument {
  readonly id: string;
  readonly session_id: string;
  /** In text: JSON numbers end at 2^53. */
  readonly seq: string;
  readonly org_id: string;
  readonly user_id: string;
  readonly username: string;
  readonly asset_id: string;
  readonly asset_name: string;
  readonly account: string;
  readonly channel: number;
  readonly kind: CommandKind;
  readonly input: string;
  readonly output: string;
  /** Absent in documents of older versions. */
  readonly output_truncated?: boolean | null;
  readonly output_bytes?: string | null;
  readonly risk_level: RiskLevel;
  readonly timestamp: string;
  readonly folded: string;
  readonly words: readonly string[];
}

/** Fields that only searching needs. */
export const SEARCH_FIELDS = ['folded', 'words'] as const satisfies readonly (keyof CommandDocument)[];

/** A command as a document. */
export const documentFromCommand = (command: Command): CommandDocument => ({
  id: command.id,
  session_id: command.sessionId,
  seq: String(command.seq),
  org_id: command.orgId,
  user_id: command.userId,
  username: command.username,
  asset_id: command.assetId,
  asset_name: command.assetName,
  account: command.account,
  channel: command.channel,
  kind: command.kind,
  input: command.input,
  output: command.output,
  output_truncated: command.outputTruncated,
  output_bytes: command.outputBytes === null ? null : String(command.outputBytes),
  risk_level: command.riskLevel,
  timestamp: command.timestamp.toISOString(),
  folded: foldedInput(command.input),
  words: wordsOf(command.input, command.output),
});

/** A document as a command. */
export const commandFromDocument = (document: Omit<CommandDocument, (typeof SEARCH_FIELDS)[number]>): Command => ({
  id: document.id,
  sessionId: document.session_id,
  seq: BigInt(document.seq),
  orgId: document.org_id,
  userId: document.user_id,
  username: document.username,
  assetId: document.asset_id,
  assetName: document.asset_name,
  account: document.account,
  channel: document.channel,
  kind: document.kind,
  input: document.input,
  output: document.output,
  outputTruncated: document.output_truncated ?? null,
  outputBytes: typeof document.output_bytes === 'string' ? BigInt(document.output_bytes) : null,
  riskLevel: document.risk_level,
  timestamp: new Date(document.timestamp),
});
