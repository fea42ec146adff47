import {
  isRoot,
  startCeph,
  startElasticsearch,
  startPostgres,
  startSeaweed,
  type ElasticsearchMajor,
  type RunningPart,
} from '@sallyport/backing';
import { randomBytes } from 'node:crypto';

/** A part that test files share, since one start of it costs seconds or hundreds of megabytes. */
export type SharedPartName = 'postgres' | 's3' | 'ceph' | 'elasticsearch8' | 'elasticsearch9';

/** What a test is told about a shared part. All strings, as it travels as JSON. */
export type SharedPartFacts = Readonly<Record<string, string>>;

/** A started part and what to tell about it. */
export interface SharedPart {
  readonly part: RunningPart;
  readonly facts: SharedPartFacts;
}

/** How each is started, in `directory`, which goes away with it. */
export const SHARED_PARTS: Record<SharedPartName, (directory: string) => Promise<SharedPart>> = {
  postgres: async (directory) => {
    const part = await startPostgres({ directory, isDurable: false, maxConnections: 300 });
    return { part, facts: { url: part.url } };
  },
  s3: async (directory) => {
    const part = await startSeaweed({ directory, accessKey: 'test-access-key', secretKey: randomBytes(16).toString('hex') });
    return { part, facts: { ...part.s3 } };
  },
  ceph: async (directory) => {
    const part = await startCeph({ directory, accessKey: 'TESTACCESSKEY', secretKey: randomBytes(16).toString('hex') });
    return { part, facts: { ...part.s3 } };
  },
  elasticsearch8: (directory) => elasticsearch(directory, 8),
  elasticsearch9: (directory) => elasticsearch(directory, 9),
};

async function elasticsearch(directory: string, major: ElasticsearchMajor): Promise<SharedPart> {
  const part = await startElasticsearch({ directory, major });
  return { part, facts: { url: part.url } };
}

/** Whether a name on a command line is one of them. */
export function isSharedPartName(name: string | undefined): name is SharedPartName {
  return name !== undefined && Object.hasOwn(SHARED_PARTS, name);
}

/** Where tests and a part's keeper meet: an abstract socket, which vanishes with its owner and so is never stale. */
export function meetingPoint(name: SharedPartName): string {
  return `\0sallyport-testkit-1-${isRoot() ? 'root' : String(process.getuid?.())}-${name}`;
}
