import type { OrgCtx } from '@sallyport/context';
import type { AppError } from '@sallyport/errors';
import type { ObjectLiteral } from 'typeorm';
import type { Database, Table } from '../database/index.js';
import type { AuditedNoun } from '../modules/audits/index.js';
import type { Fields } from './fields.js';

/** Columns that every resource has. */
export interface ResourceRow extends ObjectLiteral {
  readonly id: string;
  readonly dateUpdated: Date;
}

/**
 * A resource. E is the entity of its table; R is the entity with what belongs to it in other tables. U is the update of the contract; V is the view.
 * `ResourceStore` reads and changes it.
 */
export interface Resource<E extends ResourceRow, R extends E, U, V extends object> {
  /** Begins the types of its audit events: `asset` → `asset.created`. */
  readonly noun: AuditedNoun;
  /** Name of a row in audit events. */
  readonly nameOf: (row: R) => string;
  /** Returns the rows that a context reaches: `tenant` or `global`. */
  readonly table: (database: Database, ctx: OrgCtx) => Table<E>;
  /** Returns the rows with what belongs to them in other tables, in one query per table. */
  readonly expand: (database: Database, ctx: OrgCtx, rows: readonly E[]) => Promise<R[]>;
  readonly fields: Fields<R, E, U>;
  readonly view: (row: R, now: Date) => V;
  readonly notFound: (id: string) => AppError;
  /** The error that a violated unique constraint stands for, by the constraint's name. */
  readonly conflicts: Readonly<Record<string, (row: Partial<E>) => AppError>>;
}

/** Returns the resource; the type parameters are given, so that the compiler checks every field. */
export const resource = <E extends ResourceRow, U, V extends object, R extends E = E>(it: Resource<E, R, U, V>): Resource<E, R, U, V> => it;

/** Returns the rows as they are: for a resource of one table. */
export const asIs = <E>(_database: Database, _ctx: OrgCtx, rows: readonly E[]): Promise<E[]> => Promise.resolve([...rows]);
