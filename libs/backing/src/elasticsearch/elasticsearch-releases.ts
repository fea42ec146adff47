import { join } from 'node:path';
import { folderFromMaven } from '../fetch/maven.js';
import type { Report } from '../part.js';

/** Requirements of each major version: the exact version, and the oldest Java that runs it. */
export const RELEASES = {
  8: { version: '8.19.9', java: 17 },
  9: { version: '9.2.0', java: 21 },
} as const;

/** The major versions that can be started. */
export type ElasticsearchMajor = keyof typeof RELEASES;

/** Returns the folder of the unpacked server of that major version. */
export async function elasticsearchHome(major: ElasticsearchMajor, report: Report): Promise<string> {
  const { version } = RELEASES[major];
  const archive = { group: 'org.elasticsearch.distribution.integ-test-zip', artifact: 'elasticsearch', version };
  return join(await folderFromMaven(archive, report), `elasticsearch-${version}`);
}
