import { object, text, whole } from './shape.js';

/** Size of a terminal in characters. */
export interface Resize {
  readonly cols: number;
  readonly rows: number;
}

/** A channel began. */
export interface ChannelOpen {
  /** "shell", "exec", "sftp", "subsystem", "direct-tcpip", … */
  readonly kind: string;
  /** Command line of an exec, name of a subsystem. */
  readonly command?: string;
  /** Present when it has a terminal. */
  readonly pty?: Resize & { readonly term: string };
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

export const resizeShape = object(size);
export const channelOpenShape = object({ kind: text(64, 1) }, { command: text(512 * 1024), pty: object({ ...size, term: text(256) }) });
export const channelCloseShape = object({}, { exit_status: whole(0, 0xffff_ffff), signal: text(64) });
export const endShape = object({ reason: text(256, 1) }, { detail: text(4096) });
