import { CommandCertainty, CommandKind, type CommandRecorded, RiskLevel } from '@sallyport/proto-gen/command/v1/command_event';
import {
  type CommandFact,
  decodePayload,
  type FileFact,
  fileText,
  type Frame,
  FrameKind,
  type SessionMeta,
} from '@sallyport/recording-format';

const RISK = { accept: RiskLevel.ACCEPT, warning: RiskLevel.WARNING, reject: RiskLevel.REJECT } satisfies Record<
  CommandFact['risk_level'],
  RiskLevel
>;
const KIND = { typed: CommandKind.TYPED, exec: CommandKind.EXEC, piped: CommandKind.PIPED, program: CommandKind.PROGRAM } satisfies Record<
  CommandFact['kind'],
  CommandKind
>;

const CERTAINTY = {
  seen: CommandCertainty.SEEN,
  piped: CommandCertainty.PIPED,
  inferred: CommandCertainty.INFERRED,
  missed: CommandCertainty.MISSED,
} satisfies Record<NonNullable<CommandFact['certainty']>, CommandCertainty>;

/** Returns the event of a command or file frame; undefined for another frame. Throws PayloadInvalid if the payload is not valid. */
export function commandEventOf(meta: SessionMeta, frame: Frame): CommandRecorded | undefined {
  if (frame.kind === FrameKind.command) return fromCommand(meta, frame, decodePayload(FrameKind.command, frame.payload));
  if (frame.kind === FrameKind.file) return fromFile(meta, frame, decodePayload(FrameKind.file, frame.payload));
  return undefined;
}

/** An event with every field named, so that a field that the proto message gains is missing here. */
type WholeEvent = { [K in keyof Required<CommandRecorded>]: CommandRecorded[K] };

function fromCommand(meta: SessionMeta, frame: Frame, fact: CommandFact): WholeEvent {
  return {
    ...place(meta, frame, fact.started_us),
    id: fact.id,
    kind: KIND[fact.kind],
    input: fact.input,
    output: fact.output,
    riskLevel: RISK[fact.risk_level],
    outputTruncated: fact.output_truncated,
    outputBytes: fact.output_bytes === undefined ? undefined : BigInt(fact.output_bytes),
    certainty: fact.certainty && CERTAINTY[fact.certainty],
    program: fact.program,
  };
}

function fromFile(meta: SessionMeta, frame: Frame, fact: FileFact): WholeEvent {
  return {
    ...place(meta, frame, fact.started_us),
    ...fileText(fact),
    kind: CommandKind.FILE,
    riskLevel: RiskLevel.ACCEPT,
    outputTruncated: undefined,
    outputBytes: undefined,
    certainty: undefined,
    program: undefined,
  };
}

function place(meta: SessionMeta, frame: Frame, startedUs: number) {
  return {
    sessionId: meta.session_id,
    seq: frame.seq,
    orgId: meta.org_id,
    userId: meta.user_id,
    username: meta.username,
    assetId: meta.asset_id,
    assetName: meta.asset_name,
    account: meta.account,
    channel: frame.channel,
    timestamp: new Date(Date.parse(meta.started_at) + startedUs / 1000),
  };
}
