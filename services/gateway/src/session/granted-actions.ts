import { Action as WireAction, type ActionGrant } from '@sallyport/proto-gen/access/v1/session';
import { GrantUnreadable } from './session.errors.js';

/** An action that a permission may allow on an asset. */
export type Action = 'connect' | 'upload' | 'download' | 'delete' | 'copy' | 'paste' | 'share' | 'forward';

/** Granted actions; an undefined `until` is without end. */
export type GrantedActions = ReadonlyMap<Action, { readonly until: Date | undefined }>;

const ACTIONS: ReadonlyMap<WireAction, Action> = new Map([
  [WireAction.CONNECT, 'connect'],
  [WireAction.UPLOAD, 'upload'],
  [WireAction.DOWNLOAD, 'download'],
  [WireAction.DELETE, 'delete'],
  [WireAction.COPY, 'copy'],
  [WireAction.PASTE, 'paste'],
  [WireAction.SHARE, 'share'],
  [WireAction.FORWARD, 'forward'],
]);

/** All actions. */
export const ALL_ACTIONS: ReadonlySet<Action> = new Set(ACTIONS.values());

/**
 * Reads the actions of a grant and ignores unknown ones. An empty list comes from a core that does not decide per action: it allows "connect".
 * Throws GrantUnreadable if a list lacks "connect".
 */
export function readActions(grants: readonly ActionGrant[]): GrantedActions {
  if (grants.length === 0) return new Map([['connect', { until: undefined }]]);
  const granted = new Map<Action, { until: Date | undefined }>();
  for (const { action: wire, until } of grants) {
    const action = ACTIONS.get(wire);
    if (action) granted.set(action, { until });
  }
  if (!granted.has('connect')) throw new GrantUnreadable('Core’s grant lacks the action "connect"');
  return granted;
}

/** Returns the actions of a grant that are allowed at time `now`. */
export const allowedActions = ({ actions }: { readonly actions: GrantedActions }, now: Date): ReadonlySet<Action> =>
  new Set([...actions].filter(([, { until }]) => until === undefined || now < until).map(([action]) => action));
