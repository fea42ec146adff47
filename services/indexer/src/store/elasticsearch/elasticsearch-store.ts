import { Client } from '@elastic/elasticsearch';
import { COUNT_LIMIT, type CommandQuery, type CommandStore, type FoundCommands } from '../command-store.js';
import type { Command } from '../command.js';
import { StoreUnavailable } from '../store.errors.js';
import { bulkCommands } from './bulk-commands.js';
import { commandFromDocument, type CommandDocument } from './document-fields.js';
import { elasticsearchProblem, searchProblem } from './elasticsearch-problem.js';
import { indicesBeingMade, isShardAway } from './indices-being-made.js';
import { ALIAS, indexMapping, indexTemplate } from './index-template.js';
import { searchBody } from './search-body.js';

const SEARCH_TIMEOUT_S = 10;
const WRITE_TIMEOUT_MS = 60_000;
const CHECK_TIMEOUT_MS = 1_500;

/** Address of Elasticsearch. */
export interface ElasticsearchOptions {
  /** `http(s)://[user:password@]host:port`; several nodes of one cluster, separated by commas. */
  readonly url: string;
  /** Name of the alias and prefix of the indices' names. */
  readonly alias?: string;
}

/** Commands in Elasticsearch 8 or 9, in an index per month behind one alias. */
export class ElasticsearchStore implements CommandStore {
  readonly location: string;
  readonly #client: Client;
  readonly #alias: string;
  #isPrepared = false;

  constructor({ url, alias = ALIAS }: ElasticsearchOptions) {
    const nodes = url.split(',');
    this.location = `Elasticsearch ${nodes.map((node) => new URL(node).host).join(', ')}`;
    this.#alias = alias;
    // The caller retries, and knows until when.
    this.#client = new Client({ nodes, maxRetries: 0, requestTimeout: WRITE_TIMEOUT_MS });
  }

  async migrate(): Promise<string[]> {
    await this.#run(async () => {
      await this.#client.indices.putIndexTemplate(indexTemplate(this.#alias));
      await this.#client.indices.putMapping(indexMapping(this.#alias));
    });
    return [`index template ${this.#alias}`];
  }

  /** Creates the template: an index that is created without it would guess its mapping. */
  async prepare(): Promise<void> {
    if (this.#isPrepared) return;
    await this.migrate();
    this.#isPrepared = true;
  }

  async add(commands: readonly Command[]): ReturnType<CommandStore['add']> {
    await this.prepare();
    return this.#run(() => bulkCommands({ client: this.#client, alias: this.#alias, location: this.location }, commands));
  }

  async find(query: CommandQuery): Promise<FoundCommands> {
    const { hits } = await this.#search(query);
    const rows = hits.hits.flatMap(({ _source }) => (_source ? [_source] : []));
    const commands = rows.slice(0, query.limit).map(commandFromDocument);
    const total = typeof hits.total === 'object' ? hits.total : { value: hits.total ?? 0, relation: 'eq' };
    return {
      commands,
      count: Math.min(total.value, COUNT_LIMIT),
      isCountLowerBound: total.relation === 'gte',
      next: rows.length > query.limit ? commands.at(-1) : undefined,
    };
  }

  async check(): Promise<void> {
    const { status } = await this.#run(() => this.#client.cluster.health({}, { requestTimeout: CHECK_TIMEOUT_MS }));
    if (status.toLowerCase() === 'red') throw new StoreUnavailable(this.location, 'its health is red: some indices are away');
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #search(query: CommandQuery) {
    const ask = (without: readonly string[] = []) =>
      this.#client.search<CommandDocument>(searchBody(this.#alias, query, without), { requestTimeout: SEARCH_TIMEOUT_S * 1_000 });
    try {
      return await ask().catch(async (error: unknown) => {
        if (!isShardAway(error)) throw error;
        // Also without such an index: it may have been finished since.
        return ask(await indicesBeingMade(this.#client, this.#alias, CHECK_TIMEOUT_MS));
      });
    } catch (error) {
      throw searchProblem(error, this.location, SEARCH_TIMEOUT_S);
    }
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      // Another cluster, without our template, may answer next time.
      this.#isPrepared = false;
      throw elasticsearchProblem(error, this.location);
    }
  }
}
