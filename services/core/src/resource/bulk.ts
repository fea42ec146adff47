import type { BulkAnswer, BulkOperation, BulkResult } from '@sallyport/contracts';
import type { OrgCtx } from '@sallyport/context';
import { httpStatus, toAppError } from '@sallyport/errors';
import { namingConnectionLoss } from '../database/index.js';

/** The verbs of a resource that a bulk request uses, one row at a time. */
export interface BulkVerbs<C, U> {
  create(ctx: OrgCtx, given: C): Promise<{ readonly id: string }>;
  update(ctx: OrgCtx, id: string, given: U): Promise<{ readonly id: string }>;
  remove(ctx: OrgCtx, id: string): Promise<void>;
}

const UNAVAILABLE = httpStatus('unavailable');

/**
 * Runs operations in their order, each in a transaction of its own. Returns a result per operation: a failed one stops none of the others.
 * An outage ends the request: the operations behind it get its result untried. An aborted request stops.
 * `onBug` receives what the result may not show.
 */
export async function runBulk<C, U>(
  ctx: OrgCtx,
  operations: readonly BulkOperation<C, U>[],
  verbs: BulkVerbs<C, U>,
  onBug: (error: unknown) => void,
): Promise<BulkAnswer> {
  const results: BulkResult[] = [];
  let outage: BulkResult | undefined;
  for (const operation of operations) {
    if (ctx.signal.aborted) break;
    const result = outage ?? (await run(ctx, operation, verbs).catch((error: unknown) => failed(error, onBug)));
    if (result.status === UNAVAILABLE) outage = result;
    results.push(result);
  }
  return { results };
}

async function run<C, U>(ctx: OrgCtx, operation: BulkOperation<C, U>, verbs: BulkVerbs<C, U>): Promise<BulkResult> {
  if ('create' in operation) return { status: 201, id: (await verbs.create(ctx, operation.create)).id };
  if ('update' in operation) return { status: 200, id: (await verbs.update(ctx, operation.id, operation.update)).id };
  await verbs.remove(ctx, operation.delete);
  return { status: 204, id: operation.delete };
}

function failed(error: unknown, onBug: (error: unknown) => void): BulkResult {
  const { kind, code, message, facts } = toAppError(namingConnectionLoss(error));
  if (kind === 'bug') onBug(error);
  return { status: httpStatus(kind), error: { code, message, facts: { ...facts } } };
}
