import { flag, list, object, text, whole } from './shape.js';

/** Size of a terminal in characters and, if the client sent it, in pixels. */
export interface Resize {
  readonly cols: number;
  readonly rows: number;
  readonly width_px?: number;
  readonly height_px?: number;
}

/** An environment variable that the client passed to the asset. */
export interface Variable {
  readonly name: string;
  readonly value: string;
}

/** Longest name and value of a variable that can be recorded, in UTF-16 units. */
export const VARIABLE_LIMITS = { name: 256, value: 4096 } as const;
/** Longest name of a terminal (TERM) that can be recorded, in UTF-16 units. */
export const MAX_TERM = 256;

/** A channel began. */
export interface ChannelOpen {
  /** "shell", "exec", "sftp", "subsystem", "direct-tcpip", … */
  readonly kind: string;
  /** Command line of an exec, name of a subsystem. */
  readonly command?: string;
  /** Its bytes, if they are not UTF-8. Then `command` has `\xNN` for each byte above 0x7f. */
  readonly command_base64?: string;
  /** Present when it has a terminal. */
  readonly pty?: Resize & {
    readonly term: string;
    /** False if the client asked for a terminal that does not echo. Absent otherwise. */
    readonly echo?: boolean;
  };
  /** Variables in the order in which the client sent them. Absent if there are none. */
  readonly env?: readonly Variable[];
}

/** A channel ended. */
export interface ChannelClose {
  readonly exit_status?: number;
  /** RFC 4254 §6.10 name without SIG, e.g. "TERM". */
  readonly signal?: string;
}

/** The session ended. */
export interface EndFact {
  /** "finished", "terminated", "lost", … */
  readonly reason: string;
  readonly detail?: string;
}

const size = { cols: whole(0, 65_535), rows: whole(0, 65_535) };

const pixels = { width_px: whole(0, 0xffff_ffff), height_px: whole(0, 0xffff_ffff) };
const variable = object({ name: text(VARIABLE_LIMITS.name, 1), value: text(VARIABLE_LIMITS.value) });

export const resizeShape = object(size, pixels);
export const channelOpenShape = object(
  { kind: text(64, 1) },
  { command: text(512 * 1024), pty: object({ ...size, term: text(MAX_TERM) }, { ...pixels, echo: flag }), env: list(variable) },
);
export const channelCloseShape = object({}, { exit_status: whole(0, 0xffff_ffff), signal: text(64) });
export const endShape = object({ reason: text(256, 1) }, { detail: text(4096) });
