import { ALL_ACCOUNTS } from '@sallyport/contracts';

/** What the decision looks at. Everything that is there, also what allows nothing. */
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
}

type DenyReason =
  | 'user-disabled'
  | 'user-expired'
  | 'asset-disabled'
  | 'account-disabled'
  | 'no-permission'
  | 'account-not-permitted'
  | 'permission-disabled'
  | 'permission-not-begun'
  | 'permission-expired';

export type AccessDecision =
  /** `until` is when the permission (or the user) ends; null: never. */
  | { readonly decision: 'allow'; readonly permissionId: string; readonly until: Date | null }
  | { readonly decision: 'deny'; readonly reason: DenyReason };

/** The one decision about who may use which account on which asset. Of several permissions the one that lasts longest counts. */
export function decideAccess({ user, asset, account, permissions }: AccessQuestion, now: Date): AccessDecision {
  if (!user.isActive) return deny('user-disabled');
  if (isOver(user.dateExpired, now)) return deny('user-expired');
  if (!asset.isActive) return deny('asset-disabled');
  if (!account.isActive) return deny('account-disabled');
  if (permissions.length === 0) return deny('no-permission');
  const naming = permissions.filter(({ accounts }) => accounts.includes(account.username) || accounts.includes(ALL_ACCOUNTS));
  const longest = naming.filter((each) => problemOf(each, now) === undefined).reduce(longer, undefined);
  if (longest) return { decision: 'allow', permissionId: longest.id, until: earlier(longest.dateExpired, user.dateExpired) };
  return deny(closestProblem(naming, now));
}

const deny = (reason: DenyReason): AccessDecision => ({ decision: 'deny', reason });

const isOver = (end: Date | null, now: Date): boolean => end !== null && end <= now;

function problemOf(permission: PermissionFacts, now: Date): DenyReason | undefined {
  if (!permission.isActive) return 'permission-disabled';
  if (permission.dateStart > now) return 'permission-not-begun';
  return isOver(permission.dateExpired, now) ? 'permission-expired' : undefined;
}

/** Of several that do not help, the words that help most whoever reads the audit log. */
function closestProblem(naming: readonly PermissionFacts[], now: Date): DenyReason {
  const problems = new Set(naming.map((each) => problemOf(each, now)));
  const order = ['permission-expired', 'permission-not-begun', 'permission-disabled'] as const;
  return order.find((reason) => problems.has(reason)) ?? 'account-not-permitted';
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
