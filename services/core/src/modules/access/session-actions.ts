import type { AllowedActions } from '../perms/index.js';
import type { SessionActions } from '../sessions/index.js';

/** Converts the allowed actions to the JSON that a session's row keeps. */
export const toSessionActions = (actions: AllowedActions): SessionActions =>
  Object.fromEntries(
    [...actions].map(([action, { until, permissionId }]) => [action, { until: until?.toISOString() ?? null, permission: permissionId }]),
  );
