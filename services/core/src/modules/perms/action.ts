import { PermissionAction } from '@sallyport/contracts';

export type Action = PermissionAction;

/** Every action. The order is that of a decision's map. */
export const ACTIONS: readonly Action[] = PermissionAction.options;

/** The permission that allows an action, and the end of that. */
export interface ActionGrant {
  readonly permissionId: string;
  /** Null: without end. */
  readonly until: Date | null;
  /** True: the user expires then. Else the permission does. */
  readonly endsWithUser?: true;
}

/** The part of a right that is not there any more. Sessions that it ends keep it as their reason. */
export type RightEnd =
  | 'user_disabled'
  | 'user_expired'
  | 'user_deleted'
  | 'asset_disabled'
  | 'asset_deleted'
  | 'account_disabled'
  | 'account_deleted'
  | 'permission_removed'
  | 'permission_disabled'
  | 'permission_expired';

/** Every action that is allowed. One that is not in the map is not allowed. */
export type AllowedActions = ReadonlyMap<Action, ActionGrant>;

/** Returns the grant of "connect", which every allowed account has. Throws Error if it is absent. */
export function connectGrant(actions: AllowedActions): ActionGrant {
  const connect = actions.get('connect');
  if (!connect) throw new Error('an account without the action "connect" must not be allowed');
  return connect;
}
