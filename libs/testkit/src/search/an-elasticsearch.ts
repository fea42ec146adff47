import type { ElasticsearchMajor } from '@sallyport/backing';
import { randomBytes } from 'node:crypto';
import { holdSharedPart } from '../shared/hold-shared-part.js';

/** A real Elasticsearch node that all test files share. */
export interface TestElasticsearch {
  readonly url: string;
  /** Random: for the names of the indices of one test. */
  readonly prefix: string;
}

/** Returns a node of that major version. It runs without authentication, ILM and data streams. */
export async function anElasticsearch(major: ElasticsearchMajor): Promise<TestElasticsearch> {
  const facts = await holdSharedPart(`elasticsearch${major}`);
  return { url: facts['url'] ?? '', prefix: `test-${randomBytes(6).toString('hex')}-` };
}
