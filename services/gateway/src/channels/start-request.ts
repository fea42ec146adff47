import type { PolicyRequest } from './channel-policy.js';
import { readOneString } from './terminal-request.js';

/** A request that starts the program of a session channel (RFC 4254 §6.5). */
export interface StartRequest {
  readonly type: 'shell' | 'exec' | 'subsystem';
  readonly payload: Buffer;
}

/** Returns the name by which the policy knows a channel request: of a subsystem also which one. */
export const policyName = ({ type, payload }: { type: string; payload: Buffer }): Pick<PolicyRequest, 'name' | 'subsystem'> =>
  type === 'subsystem' ? { name: type, subsystem: readOneString(payload) } : { name: type };
