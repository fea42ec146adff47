import { elasticsearchHome } from '../elasticsearch/elasticsearch-releases.js';
import { natsServerProgram } from '../nats/nats-server.js';
import type { Report } from '../part.js';
import { seaweedProgram } from '../seaweed/seaweed-program.js';

/** Downloads every program that is neither on the machine nor in the cache: NATS, SeaweedFS, Elasticsearch 8 and 9. */
export async function fetchPrograms(report: Report): Promise<void> {
  await natsServerProgram(report);
  await seaweedProgram(report);
  for (const major of [8, 9] as const) await elasticsearchHome(major, report);
}
