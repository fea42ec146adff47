import { ALL_ACCOUNTS } from '@sallyport/contracts';
import { ACTIONS, type Action, type ActionGrant, type AllowedActions } from './action.js';

/** Facts of a decision: everything that exists, also permissions that allow nothing now. */
export interface AccessQuestion {
  readonly user: { readonly isActive: boolean; readonly dateExpired: Date | null };
  readonly asset: { readonly isActive: boolean };
  readonly account: { readonly username: string; readonly isActive: boolean };
  /** Permissions that name both the user and the asset. */
  readonly permissions: readonly PermissionFacts[];
}

export interface PermissionFacts {
  readonly id: string;
  readonly isActive: boolean;
  readonly dateStart: Date;
  readonly dateExpired: Date | null;
  /** Login names, or "@all". */
  readonly accounts: readonly string[];
  readonly actions: readonly Action[];
}

type DenyReason =
  | 'user-disabled'
  | 'user-expired'
  | 'asset-disabled'
  | 'account-disabled'
  | 'no-permission'
  | 'account-not-permitted'
  | 'action-not-permitted'
  | 'permission-disabled'
  | 'permission-not-begun'
  | 'permission-expired';

export type AccessDecision =
  /** `actions` contains at least "connect". */
  { readonly decision: 'allow'; readonly actions: AllowedActions } | { readonly decision: 'deny'; readonly reason: DenyReason };

/**
 * Decides which actions a user may do with an account of an asset at time `now`. Of several permissions that allow an action the one that lasts
 * longest counts; it ends with the user at the latest. Denies unless one of them allows "connect".
 */
export function decideAccess({ user, asset, account, permissions }: AccessQuestion, now: Date): AccessDecision {
  if (!user.isActive) return deny('user-disabled');
  if (isOver(user.dateExpired, now)) return deny('user-expired');
  if (!asset.isActive) return deny('asset-disabled');
  if (!account.isActive) return deny('account-disabled');
  if (permissions.length === 0) return deny('no-permission');
  const naming = permissions.filter(({ accounts }) => accounts.includes(account.username) || accounts.includes(ALL_ACCOUNTS));
  const effective = naming.filter((each) => problemOf(each, now) === undefined);
  const actions = allowedActions(effective, user.dateExpired);
  return actions.has('connect') ? { decision: 'allow', actions } : deny(closestReason(naming, now));
}

const deny = (reason: DenyReason): AccessDecision => ({ decision: 'deny', reason });

const isOver = (end: Date | null, now: Date): boolean => end !== null && end <= now;

function problemOf(permission: PermissionFacts, now: Date): DenyReason | undefined {
  if (!permission.isActive) return 'permission-disabled';
  if (permission.dateStart > now) return 'permission-not-begun';
  return isOver(permission.dateExpired, now) ? 'permission-expired' : undefined;
}

function allowedActions(effective: readonly PermissionFacts[], userEnds: Date | null): AllowedActions {
  const allowed = new Map<Action, ActionGrant>();
  for (const action of ACTIONS) {
    const longest = effective.filter(({ actions }) => actions.includes(action)).reduce(longer, undefined);
    if (longest) allowed.set(action, grantOf(longest, userEnds));
  }
  return allowed;
}

function grantOf({ id: permissionId, dateExpired }: PermissionFacts, userEnds: Date | null): ActionGrant {
  const until = earlier(dateExpired, userEnds);
  const endsWithUser = until !== null && until.getTime() !== dateExpired?.getTime();
  return { permissionId, until, ...(endsWithUser && { endsWithUser }) };
}

/** Returns the reason whose removal would allow "connect" soonest; an administrator reads it in the audit log. */
function closestReason(naming: readonly PermissionFacts[], now: Date): DenyReason {
  if (naming.length === 0) return 'account-not-permitted';
  const connecting = naming.filter(({ actions }) => actions.includes('connect'));
  const problems = new Set(connecting.map((each) => problemOf(each, now)));
  const order = ['permission-expired', 'permission-not-begun', 'permission-disabled'] as const;
  return order.find((reason) => problems.has(reason)) ?? 'action-not-permitted';
}

function longer(best: PermissionFacts | undefined, next: PermissionFacts): PermissionFacts {
  if (!best) return next;
  if (best.dateExpired === null) return best;
  return next.dateExpired === null || next.dateExpired > best.dateExpired ? next : best;
}

function earlier(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}
