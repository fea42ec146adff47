import { PermissionAction } from '@sallyport/contracts';

export type Action = PermissionAction;

/** Every action. The order is that of a decision's map. */
export const ACTIONS: readonly Action[] = PermissionAction.options;

/** The permission that allows an action, and the end of that. */
export interface ActionGrant {
  readonly permissionId: string;
  /** Null: without end. */
  readonly until: Date | null;
}

/** Every action that is allowed. One that is not in the map is not allowed. */
export type AllowedActions = ReadonlyMap<Action, ActionGrant>;

/** Returns the grant of "connect", which every allowed account has. Throws Error if it is absent. */
export function connectGrant(actions: AllowedActions): ActionGrant {
  const connect = actions.get('connect');
  if (!connect) throw new Error('an account without the action "connect" must not be allowed');
  return connect;
}
