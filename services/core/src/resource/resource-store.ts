import { Inject, Injectable } from '@nestjs/common';
import type { BulkAnswer, BulkOperation } from '@sallyport/contracts';
import { uuidv7, type Clock, type OrgCtx } from '@sallyport/context';
import type { Logger } from '@sallyport/telemetry';
import { Database, violatedConstraint } from '../database/index.js';
import { AuditLog, type AuditFacts } from '../modules/audits/index.js';
import { actorName, CLOCK, LOGGER } from '../platform/index.js';
import { runBulk, type BulkVerbs } from './bulk.js';
import { changesBetween, type Changes } from './changes.js';
import { etagOf, refuseStale, withEtag } from './etag.js';
import { givenColumns, type ReadableFields } from './fields.js';
import { listRows, type ListPlan } from './list-plan.js';
import type { Resource, ResourceRow } from './resource.js';
import type { Rows } from './rows.js';

type ListQueryFields = Parameters<typeof listRows>[2];

/** Parts of a change that are special to a resource. All run in the transaction of the change. */
export interface ChangeOptions<R> {
  /** If-Match header: the change is refused if the row has another version. */
  readonly ifMatch?: string | undefined;
  /** Takes locks that come before the row's own: every change that needs several rows takes them in one order. */
  readonly lockFirst?: (ctx: OrgCtx) => Promise<unknown>;
  /** Throws if the change is not allowed. `after` is undefined for a deletion. */
  readonly check?: (ctx: OrgCtx, before: R, after: R | undefined) => void | Promise<void>;
  /** Writes what belongs to the row in other tables. */
  readonly write?: (ctx: OrgCtx, row: R) => Promise<void>;
  /** Facts of the audit event beside the changed fields. */
  readonly facts?: (row: R) => AuditFacts;
}

/** Columns that every new row has. */
export interface RowOrigin {
  readonly id: string;
  readonly orgId: string;
  readonly createdBy: string;
  readonly dateCreated: Date;
  readonly dateUpdated: Date;
}

/** Values of a change: columns of the entity, and what belongs to the row in other tables. */
export interface RowChange<E, R> {
  readonly columns: Partial<E>;
  readonly related?: Partial<R>;
}

/** Reads and changes resources. A change is loaded, checked, written and audited in one transaction. */
@Injectable()
export class ResourceStore {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  now(): Date {
    return new Date(this.clock.now());
  }

  /** Returns the columns that every new row has: id, origin and times. */
  origin(ctx: OrgCtx): RowOrigin {
    const now = this.now();
    return { id: uuidv7(), orgId: ctx.orgId, createdBy: actorName(ctx.actor), dateCreated: now, dateUpdated: now };
  }

  /** Returns the row that matches; undefined if none does. */
  async find<E extends ResourceRow, R extends E, U, V extends object>(
    ctx: OrgCtx,
    of: Resource<E, R, U, V>,
    where: Partial<E>,
  ): Promise<R | undefined> {
    const row = await of.table(this.database, ctx).find(where);
    return row && (await of.expand(this.database, ctx, [row]))[0];
  }

  /** Returns the row. Throws the resource's `notFound`. */
  async get<E extends ResourceRow, R extends E, U, V extends object>(ctx: OrgCtx, of: Resource<E, R, U, V>, id: string): Promise<R> {
    const row = await this.find(ctx, of, { id } as Partial<E>);
    if (!row) throw of.notFound(id);
    return row;
  }

  /** Returns the row as REST shows it, with its entity tag. Throws the resource's `notFound`. */
  async view<E extends ResourceRow, R extends E, U, V extends object>(ctx: OrgCtx, of: Resource<E, R, U, V>, id: string): Promise<V> {
    return this.show(of, await this.get(ctx, of, id));
  }

  /** Returns the view of a row, with its entity tag. */
  show<E extends ResourceRow, R extends E, U, V extends object>(of: Resource<E, R, U, V>, row: R): V {
    return withEtag(of.view(row, this.now()), etagOf(readable(of), row));
  }

  async list<E extends ResourceRow, R extends E, U, V extends object, Q extends ListQueryFields>(
    ctx: OrgCtx,
    of: Resource<E, R, U, V>,
    plan: ListPlan<E, Q>,
    query: Q,
  ): Promise<Rows<V>> {
    const found = await listRows(of.table(this.database, ctx).select(plan.alias), plan, query);
    const [rows, now] = [await of.expand(this.database, ctx, found.rows), this.now()];
    return { count: found.count, rows: rows.map((row) => of.view(row, now)) };
  }

  /** Inserts a row. Throws the error of the unique constraint that it violates. */
  async create<E extends ResourceRow, R extends E, U, V extends object>(
    ctx: OrgCtx,
    of: Resource<E, R, U, V>,
    entity: E,
    { write, facts }: Pick<ChangeOptions<E>, 'write'> & Pick<ChangeOptions<R>, 'facts'> = {},
  ): Promise<R> {
    return this.database.run(ctx, async (inside) => {
      await naming(of, entity, of.table(this.database, inside).insert(entity));
      await write?.(inside, entity);
      const [row = entity as R] = await of.expand(this.database, inside, [entity]);
      await this.trace(inside, of, 'created', row, changesBetween(readable(of), undefined, row), facts?.(row));
      return row;
    });
  }

  /** Sets the given fields. Returns the row as it is then. A change that changes nothing writes nothing. */
  async update<E extends ResourceRow, R extends E, U extends object, V extends object>(
    ctx: OrgCtx,
    of: Resource<E, R, U, V>,
    id: string,
    given: U,
    options: ChangeOptions<R> = {},
  ): Promise<R> {
    return this.change(ctx, of, id, () => ({ columns: givenColumns(of.fields, given) }), options);
  }

  /** Changes a row by a function of the row before. Returns the row as it is then. A change that changes nothing writes nothing. */
  async change<E extends ResourceRow, R extends E, U, V extends object>(
    ctx: OrgCtx,
    of: Resource<E, R, U, V>,
    id: string,
    changeOf: (before: R) => RowChange<E, R>,
    { ifMatch, lockFirst, check, write, facts }: ChangeOptions<R> = {},
  ): Promise<R> {
    return this.database.run(ctx, async (inside) => {
      await lockFirst?.(inside);
      const before = await this.lock(inside, of, id, ifMatch);
      const { columns, related } = changeOf(before);
      const after: R = { ...before, ...columns, ...related, dateUpdated: this.now() };
      await check?.(inside, before, after);
      const changes = changesBetween(readable(of), before, after);
      if (Object.keys(changes).length === 0) return before;
      await naming(of, after, of.table(this.database, inside).update({ id } as Partial<E>, { ...columns, dateUpdated: after.dateUpdated }));
      await write?.(inside, after);
      await this.trace(inside, of, 'updated', after, changes, facts?.(after));
      return after;
    });
  }

  async remove<E extends ResourceRow, R extends E, U, V extends object>(
    ctx: OrgCtx,
    of: Resource<E, R, U, V>,
    id: string,
    { ifMatch, lockFirst, check, facts }: Omit<ChangeOptions<R>, 'write'> = {},
  ): Promise<void> {
    await this.database.run(ctx, async (inside) => {
      await lockFirst?.(inside);
      const before = await this.lock(inside, of, id, ifMatch);
      await check?.(inside, before, undefined);
      await of.table(this.database, inside).delete({ id } as Partial<E>);
      await this.trace(inside, of, 'deleted', before, changesBetween(readable(of), before, undefined), facts?.(before));
    });
  }

  /** Runs a bulk request. A failure that is a bug is logged under the request's id. */
  bulk<C, U>(ctx: OrgCtx, operations: readonly BulkOperation<C, U>[], verbs: BulkVerbs<C, U>): Promise<BulkAnswer> {
    return runBulk(ctx, operations, verbs, (error) =>
      this.logger.error({ err: error, requestId: ctx.requestId }, 'an operation of a bulk request failed'),
    );
  }

  /** Returns the row, locked until the transaction ends: of two changes at once the second sees the first. */
  private async lock<E extends ResourceRow, R extends E, U, V extends object>(
    ctx: OrgCtx,
    of: Resource<E, R, U, V>,
    id: string,
    ifMatch?: string,
  ): Promise<R> {
    const entity = await of.table(this.database, ctx).lock({ id } as Partial<E>);
    const row = entity && (await of.expand(this.database, ctx, [entity]))[0];
    if (!row) throw of.notFound(id);
    refuseStale(ifMatch, etagOf(readable(of), row));
    return row;
  }

  private async trace<E extends ResourceRow, R extends E, U, V extends object>(
    ctx: OrgCtx,
    of: Resource<E, R, U, V>,
    verb: 'created' | 'updated' | 'deleted',
    row: R,
    changes: Changes,
    facts: AuditFacts = {},
  ): Promise<void> {
    const resource = { kind: of.noun, id: row.id, name: of.nameOf(row) };
    await this.audit.write(ctx, {
      type: `${of.noun}.${verb}`,
      outcome: 'success',
      resource,
      facts: { ...facts, changes: changesFact(changes) },
    });
  }
}

/** Returns the changes as a fact, by field. */
const changesFact = (changes: Changes): AuditFacts =>
  Object.fromEntries(Object.entries(changes).map(([field, change]) => [field, { ...change }]));

/** Returns the fields without the types of what they write. */
const readable = <R>({ fields }: { readonly fields: object }): ReadableFields<R> => fields as ReadableFields<R>;

/** Turns the violation of a unique constraint into the resource's own error. */
async function naming<E extends ResourceRow>(
  { conflicts }: { readonly conflicts: Readonly<Record<string, (row: Partial<E>) => Error>> },
  row: Partial<E>,
  work: Promise<unknown>,
): Promise<void> {
  try {
    await work;
  } catch (error) {
    const constraint = violatedConstraint(error);
    const conflict = constraint === undefined ? undefined : conflicts[constraint];
    throw conflict ? conflict(row) : error;
  }
}
