import { randomUUID } from 'node:crypto';

/** The user, service or system task that acts. */
export type Actor =
  | { readonly kind: 'user'; readonly userId: string; readonly username: string; readonly sourceIp: string }
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'system'; readonly name: string };

declare const txBrand: unique symbol;

/** A running transaction. Opaque: only the runner that made it can use it. */
export interface Tx {
  readonly [txBrand]: true;
}

/** The required first argument of every service and repository method. Without an organization it reaches only tables that have none. */
export interface Ctx {
  readonly requestId: string;
  readonly actor: Actor;
  readonly signal: AbortSignal;
  readonly tx?: Tx;
}

/** A context within one organization: rows of other organizations do not exist for it. */
export interface OrgCtx extends Ctx {
  readonly orgId: string;
}

/** Returns the context within an organization. */
export const inOrg = (ctx: Ctx, orgId: string): OrgCtx => ({ ...ctx, orgId });

/** Runs work in a transaction; nested runs join the outer one. */
export interface TransactionRunner {
  run<C extends Ctx, T>(ctx: C, work: (ctx: C) => Promise<T>): Promise<T>;
}

const NEVER = new AbortController().signal;

/** Returns a context for the system's own work. */
export function systemCtx(name: string, signal: AbortSignal = NEVER): Ctx {
  return { requestId: randomUUID(), actor: { kind: 'system', name }, signal };
}
