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

/** The required first argument of every service and repository method. */
export interface Ctx {
  readonly requestId: string;
  readonly actor: Actor;
  readonly signal: AbortSignal;
  readonly tx?: Tx;
}

/** Runs work in a transaction; nested runs join the outer one. */
export interface TransactionRunner {
  run<T>(ctx: Ctx, work: (ctx: Ctx) => Promise<T>): Promise<T>;
}

const NEVER = new AbortController().signal;

/** Returns a context for the system's own work. */
export function systemCtx(name: string, signal: AbortSignal = NEVER): Ctx {
  return { requestId: randomUUID(), actor: { kind: 'system', name }, signal };
}
