/** The kinds of frames. The numbers are on disk: never renamed, never reused. */
export const FrameKind = {
  /** JSON SessionMeta; always frame 1, on channel 0. */
  session: 1,
  /** JSON ChannelOpen. */
  channelOpen: 2,
  /** Raw bytes that the asset wrote to standard output. */
  output: 3,
  /** Raw bytes that the asset wrote to standard error. */
  stderr: 4,
  /** JSON Resize. */
  resize: 5,
  /** JSON CommandFact. */
  command: 6,
  /** JSON FileFact. */
  file: 7,
  /** JSON GapFact: bytes that are not in the recording. */
  gap: 8,
  /** JSON ChannelClose. */
  channelClose: 9,
  /** JSON EndFact; nothing follows it. */
  end: 10,
  /** Raw bytes that the client sent on a channel without a terminal. */
  input: 11,
  /** Content of a file that the client sent: see encodeFileContent. */
  fileContent: 12,
  /** Input that only the auditors' key opens: see encodeSealedInput. */
  sealed: 13,
} as const;

export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

const NAMES = new Map<number, string>(Object.entries(FrameKind).map(([name, kind]) => [kind, name]));

/** Returns true if a number from the wire is a kind that this version knows. */
export const isFrameKind = (kind: number): kind is FrameKind => NAMES.has(kind);

/** Returns the kind's name, for messages. */
export const frameKindName = (kind: FrameKind): string => NAMES.get(kind) ?? `kind ${kind}`;

/** Returns true if the recorder publishes a command for frames of this kind. */
export const isCommandKind = (kind: FrameKind): boolean => kind === FrameKind.command || kind === FrameKind.file;

/** Returns true for a kind whose frames are pieces of one stream of bytes: where one ends and the next begins means nothing. */
export const isStreamKind = (kind: FrameKind): boolean =>
  kind === FrameKind.output || kind === FrameKind.stderr || kind === FrameKind.input;

/** Returns true for a kind whose frames carry bytes of the channel's streams: they may be many, and facts come before them where room is short. */
export const isRawKind = (kind: FrameKind): boolean => isStreamKind(kind) || kind === FrameKind.fileContent || kind === FrameKind.sealed;
