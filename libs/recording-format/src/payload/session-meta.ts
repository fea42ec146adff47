import { instant, object, text, whole } from './shape.js';

/** User, asset and account of a session, as frame 1 of a recording states them. Everything that a command event needs is here. */
export interface SessionMeta {
  /** FORMAT_VERSION of the writer. */
  readonly format: number;
  readonly session_id: string;
  readonly org_id: string;
  readonly user_id: string;
  readonly username: string;
  readonly asset_id: string;
  readonly asset_name: string;
  /** Login name on the asset. */
  readonly account: string;
  /** Start of the session (Date.toISOString); frame times count from here. */
  readonly started_at: string;
  /** Gateway that wrote it. */
  readonly gateway_id?: string;
  /** Address of the asset, "host:port". */
  readonly asset_address?: string;
  /** Address of the client. */
  readonly client_address?: string;
  /** "ssh", later others. */
  readonly protocol?: string;
}

export const sessionMetaShape = object(
  {
    format: whole(1),
    session_id: text(128, 1),
    org_id: text(128),
    user_id: text(128),
    username: text(256),
    asset_id: text(128),
    asset_name: text(256),
    account: text(256),
    started_at: instant,
  },
  { gateway_id: text(256), asset_address: text(512), client_address: text(256), protocol: text(32) },
);
