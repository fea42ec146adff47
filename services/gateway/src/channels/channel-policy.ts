import type { Action, Session } from '../session/index.js';

/** The peer that sends a request. A client asks the gateway and, through it, the asset. An asset asks the client. */
export type Peer = 'client' | 'asset';

/** A kind of request and the conditions on which the gateway serves it. */
export interface PolicyRow {
  readonly from: Peer;
  /** A channel to open (RFC 4254 §5.1), a request on a channel (§5.4) or a global request (§4). */
  readonly layer: 'channel' | 'channel-request' | 'global-request';
  /** The name on the wire. */
  readonly name: string;
  /** The name of a subsystem. A row without it matches all subsystems. */
  readonly subsystem?: string;
  /** The actions that the session's grant must allow, all of them. */
  readonly needs: readonly Action[];
  /** False: the gateway refuses the request, whatever the grant allows. */
  readonly isServed: boolean;
  /** True: the request must come before the shell, command or subsystem of its channel is started. */
  readonly beforeStart?: true;
}

/** The first row that matches a request decides. The gateway refuses a request that no row matches. */
export const POLICY = [
  // Channels of a client.
  { from: 'client', layer: 'channel', name: 'session', needs: [], isServed: true },
  { from: 'client', layer: 'channel', name: 'direct-tcpip', needs: ['forward'], isServed: false },
  { from: 'client', layer: 'channel', name: 'direct-streamlocal@openssh.com', needs: ['forward'], isServed: false },
  { from: 'client', layer: 'channel', name: 'tun@openssh.com', needs: ['forward'], isServed: false },
  // Requests of a client on a session channel.
  { from: 'client', layer: 'channel-request', name: 'pty-req', needs: ['connect'], isServed: true, beforeStart: true },
  { from: 'client', layer: 'channel-request', name: 'env', needs: ['connect'], isServed: true, beforeStart: true },
  { from: 'client', layer: 'channel-request', name: 'x11-req', needs: ['forward'], isServed: false, beforeStart: true },
  { from: 'client', layer: 'channel-request', name: 'auth-agent-req@openssh.com', needs: ['forward'], isServed: false, beforeStart: true },
  { from: 'client', layer: 'channel-request', name: 'shell', needs: ['connect'], isServed: true, beforeStart: true },
  { from: 'client', layer: 'channel-request', name: 'exec', needs: ['connect'], isServed: true, beforeStart: true },
  { from: 'client', layer: 'channel-request', name: 'subsystem', subsystem: 'sftp', needs: ['connect'], isServed: true, beforeStart: true },
  { from: 'client', layer: 'channel-request', name: 'subsystem', needs: ['connect'], isServed: false, beforeStart: true },
  { from: 'client', layer: 'channel-request', name: 'window-change', needs: ['connect'], isServed: true },
  { from: 'client', layer: 'channel-request', name: 'signal', needs: ['connect'], isServed: true },
  { from: 'client', layer: 'channel-request', name: 'break', needs: ['connect'], isServed: true },
  { from: 'client', layer: 'channel-request', name: 'eow@openssh.com', needs: ['connect'], isServed: true },
  // Global requests of a client. libs/ssh answers the last three before the gateway sees them.
  { from: 'client', layer: 'global-request', name: 'tcpip-forward', needs: ['forward'], isServed: false },
  { from: 'client', layer: 'global-request', name: 'cancel-tcpip-forward', needs: ['forward'], isServed: false },
  { from: 'client', layer: 'global-request', name: 'streamlocal-forward@openssh.com', needs: ['forward'], isServed: false },
  { from: 'client', layer: 'global-request', name: 'cancel-streamlocal-forward@openssh.com', needs: ['forward'], isServed: false },
  { from: 'client', layer: 'global-request', name: 'keepalive@openssh.com', needs: [], isServed: true },
  { from: 'client', layer: 'global-request', name: 'no-more-sessions@openssh.com', needs: [], isServed: true },
  { from: 'client', layer: 'global-request', name: 'hostkeys-prove-00@openssh.com', needs: [], isServed: true },
  // Channels of an asset.
  { from: 'asset', layer: 'channel', name: 'forwarded-tcpip', needs: ['forward'], isServed: false },
  { from: 'asset', layer: 'channel', name: 'forwarded-streamlocal@openssh.com', needs: ['forward'], isServed: false },
  { from: 'asset', layer: 'channel', name: 'x11', needs: ['forward'], isServed: false },
  { from: 'asset', layer: 'channel', name: 'auth-agent@openssh.com', needs: ['forward'], isServed: false },
  // Requests of an asset on a session channel.
  { from: 'asset', layer: 'channel-request', name: 'exit-status', needs: ['connect'], isServed: true },
  { from: 'asset', layer: 'channel-request', name: 'exit-signal', needs: ['connect'], isServed: true },
  { from: 'asset', layer: 'channel-request', name: 'eow@openssh.com', needs: ['connect'], isServed: true },
  { from: 'asset', layer: 'channel-request', name: 'xon-xoff', needs: ['connect'], isServed: false },
] as const satisfies readonly PolicyRow[];

type Row = (typeof POLICY)[number];

/** The channels that the gateway serves, of one peer. */
export type ServedChannel<From extends Peer> = Extract<Row, { from: From; layer: 'channel'; isServed: true }>['name'];

/** The subsystems that the gateway serves. */
export type ServedSubsystem = Extract<Row, { name: 'subsystem'; isServed: true; subsystem: string }>['subsystem'];

/** A request to decide about. */
export interface PolicyRequest extends Pick<PolicyRow, 'from' | 'layer' | 'name' | 'subsystem'> {
  /** True: a shell, command or subsystem was started on the channel before. */
  readonly isStarted?: boolean;
}

/** The rules of one session. */
export interface ChannelRules {
  /** The actions that the session's grant allows. */
  readonly actions: ReadonlySet<Action>;
}

/** The cause of a refusal: no row, a row that is not served, a request after the start, or an action that the grant does not allow. */
export type RefusalReason = 'unknown' | 'not-served' | 'already-started' | 'not-granted';

/** A decision. The message is for the user. */
export type PolicyDecision =
  | { readonly kind: 'allow' }
  | { readonly kind: 'refuse'; readonly reason: RefusalReason; readonly message: string };

/** Logs and counts a request that was refused. `what` names it. */
export type OnRefused = (what: string, reason: RefusalReason) => void;

/** Returns the rules of a session as they are now: an action of a grant may end before the session. */
export const rulesOf = (session: Pick<Session, 'allowedActions'>): ChannelRules => ({ actions: session.allowedActions() });

/** Decides about a request on a session. */
export function decide(request: PolicyRequest, rules: ChannelRules): PolicyDecision {
  const decision = decideBeforeGrant(request);
  const missing = rowOf(request)?.needs.find((action) => !rules.actions.has(action));
  if (decision.kind === 'refuse' || missing === undefined) return decision;
  return refuse('not-granted', `Your permission does not include the action "${missing}". Ask an administrator for it.`);
}

/** Decides about a request while no session is granted. The actions that it needs are checked by `decide` once there is a session. */
export function decideBeforeGrant(request: PolicyRequest): PolicyDecision {
  const row = rowOf(request);
  const name = [request.name, request.subsystem ?? []].flat().join(' ').slice(0, 100);
  if (!row) return refuse('unknown', `"${name}" is not allowed through this gateway`);
  if (!row.isServed) return refuse('not-served', `"${name}" is not allowed through this gateway`);
  if (row.beforeStart && request.isStarted) return refuse('already-started', `"${name}" must come before the program is started`);
  return { kind: 'allow' };
}

/** Returns true for the variables that may pass to an asset: language (RFC 4254 §6.4), as Debian's and RHEL's sshd accept them. */
export const mayPassVariable = (name: string): boolean => /^(LANG|LC_[A-Z]+)$/.test(name);

const rowOf = ({ from, layer, name, subsystem }: PolicyRequest): PolicyRow | undefined =>
  (POLICY as readonly PolicyRow[]).find(
    (row) => row.from === from && row.layer === layer && row.name === name && (row.subsystem === undefined || row.subsystem === subsystem),
  );

const refuse = (reason: RefusalReason, message: string): PolicyDecision => ({ kind: 'refuse', reason, message });
