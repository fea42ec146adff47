import type { EntityManager, FindOptionsOrder, FindOptionsWhere, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';

/** A SELECT that is narrowed to a scope. `where` would replace the scope, so it is not offered. */
export type ScopedSelect<E extends ObjectLiteral> = Omit<SelectQueryBuilder<E>, 'where' | 'orWhere'>;

/** Class of an entity. */
export type EntityClass<E> = new () => E;

/** Rows of one table that a context may reach. Every statement is narrowed to its scope; a condition can't widen it. */
export class Table<E extends ObjectLiteral> {
  constructor(
    private readonly manager: EntityManager,
    private readonly entity: EntityClass<E>,
    private readonly scope: Partial<E>,
  ) {}

  /** Returns the row that matches; undefined if none does. */
  async find(where: Partial<E>): Promise<E | undefined> {
    return (await this.manager.findOneBy(this.entity, this.within(where))) ?? undefined;
  }

  /** Returns the row that matches, locked until the transaction ends. Rows that refer to it by a foreign key can be inserted meanwhile. */
  async lock(where: Partial<E>): Promise<E | undefined> {
    return (await this.manager.findOne(this.entity, { where: this.within(where), lock: { mode: 'for_no_key_update' } })) ?? undefined;
  }

  async findAll(where: Partial<E>, order: FindOptionsOrder<E> = {}): Promise<E[]> {
    return this.manager.find(this.entity, { where: this.within(where), order });
  }

  /** Returns the ids that no row has. One query. */
  async missing(ids: readonly string[]): Promise<string[]> {
    if (ids.length === 0) return [];
    const rows = await this.select('row')
      .select('row.id', 'id')
      .andWhere('row.id = ANY (:ids)', { ids: [...ids] })
      .getRawMany<{ id: string }>();
    const found = new Set(rows.map(({ id }) => id));
    return ids.filter((id) => !found.has(id));
  }

  /** Throws for a row of another organization. */
  async insert(rows: Partial<E> | readonly Partial<E>[]): Promise<void> {
    const list = [rows].flat() as Partial<E>[];
    this.refuseForeign(list);
    await this.manager.insert(this.entity, list as QueryDeepPartialEntity<E>[]);
  }

  /** Inserts a row. Returns false, and changes nothing, if a row of its key is there already. */
  async insertNew(row: Partial<E>): Promise<boolean> {
    this.refuseForeign([row]);
    const insert = this.manager
      .createQueryBuilder()
      .insert()
      .into(this.entity)
      .values(row as QueryDeepPartialEntity<E>);
    return ((await insert.orIgnore().returning('id').execute()).raw as unknown[]).length > 0;
  }

  /** Inserts a row, or sets the columns `update` of the row with the same key. */
  async upsert(row: Partial<E>, key: readonly (keyof E & string)[], update: readonly (keyof E & string)[]): Promise<void> {
    this.refuseForeign([row]);
    const isScoped = Object.keys(this.scope).every((column) => key.includes(column) && !update.includes(column));
    if (!isScoped) throw new Error(`the key of an upsert into ${this.entity.name} lacks the organization, or the update changes it`);
    const [keys, columns] = [this.columnNames(key), this.columnNames(update)];
    const insert = this.manager
      .createQueryBuilder()
      .insert()
      .into(this.entity)
      .values(row as QueryDeepPartialEntity<E>);
    await insert.orUpdate(columns, keys).execute();
  }

  /** Returns the number of rows that changed. Throws for a change that moves a row to another organization. */
  async update(where: Partial<E>, changes: Partial<E>): Promise<number> {
    this.refuseForeign([{ ...this.scope, ...changes }]);
    return (await this.manager.update(this.entity, this.within(where), changes as QueryDeepPartialEntity<E>)).affected ?? 0;
  }

  /** Returns the number of rows that were deleted. */
  async delete(where: Partial<E>): Promise<number> {
    return (await this.manager.delete(this.entity, this.within(where))).affected ?? 0;
  }

  /**
   * Returns a SELECT that is narrowed to the scope. Each further condition is put in parentheses: TypeORM joins them as they are, and "a OR b"
   * would leave the scope. `where` and `orWhere` throw.
   */
  select(alias: string): ScopedSelect<E> {
    const query = this.manager.createQueryBuilder(this.entity, alias);
    for (const [column, value] of Object.entries(this.scope))
      query.andWhere(`${alias}.${column} = :scope_${column}`, { [`scope_${column}`]: value as unknown });
    return guarded(query);
  }

  private columnNames(properties: readonly string[]): string[] {
    const { metadata } = this.manager.getRepository(this.entity);
    return properties.map((property) => metadata.findColumnWithPropertyName(property)?.databaseName ?? property);
  }

  private within(where: Partial<E>): FindOptionsWhere<E> {
    return { ...where, ...this.scope } as FindOptionsWhere<E>;
  }

  private refuseForeign(rows: readonly Partial<E>[]): void {
    if (rows.every((row) => this.isInScope(row))) return;
    throw new Error(`a row of ${this.entity.name} does not belong to the organization of its context`);
  }

  private isInScope(row: Partial<E>): boolean {
    return Object.entries(this.scope).every(([column, value]) => row[column] === value);
  }
}

/** Keeps a SELECT, and each clone of it, within its scope. */
function guarded<E extends ObjectLiteral>(query: SelectQueryBuilder<E>): SelectQueryBuilder<E> {
  const [andWhere, clone] = [query.andWhere.bind(query), query.clone.bind(query)];
  query.andWhere = (condition, parameters) => {
    if (typeof condition === 'function') throw new Error('a condition of a scoped SELECT is a text or Brackets');
    return andWhere(typeof condition === 'string' ? `(${condition})` : condition, parameters);
  };
  query.where = query.orWhere = () => {
    throw new Error('this SELECT is narrowed to a scope: use andWhere');
  };
  query.clone = () => guarded(clone());
  return query;
}
