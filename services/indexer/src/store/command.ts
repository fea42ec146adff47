/** How a command came about. */
export type CommandKind = 'typed' | 'exec' | 'file' | 'piped';

/** How a command was judged. */
export type RiskLevel = 'accept' | 'warning' | 'reject';

/** A command as every store keeps it. */
export interface Command {
  /** UUID in lower case; the same however often the command arrives. */
  readonly id: string;
  readonly sessionId: string;
  /** Number of its frame in the session's recording. */
  readonly seq: bigint;
  readonly orgId: string;
  readonly userId: string;
  readonly username: string;
  readonly assetId: string;
  readonly assetName: string;
  /** Login name on the asset. */
  readonly account: string;
  /** Channel within the session. */
  readonly channel: number;
  readonly kind: CommandKind;
  readonly input: string;
  /** Beginning of what it printed. */
  readonly output: string;
  /** That is not all of it; null where nobody knows. */
  readonly outputTruncated: boolean | null;
  /** Bytes that it printed in all; null where nobody knows. */
  readonly outputBytes: bigint | null;
  readonly riskLevel: RiskLevel;
  /** When it was sent, to the millisecond. */
  readonly timestamp: Date;
}
