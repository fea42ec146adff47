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

/** A part that test files share, because one start of it costs seconds or hundreds of megabytes. */
export type SharedPartName = 'postgres' | 's3' | 'ceph' | 'elasticsearch8' | 'elasticsearch9';

/** Facts of a shared part. All are strings, because they travel as JSON. */
export type SharedPartFacts = Readonly<Record<string, string>>;

/** A started part and its facts. */
export interface SharedPart {
  readonly part: RunningPart;
  readonly facts: SharedPartFacts;
}

/** The start of each part in `directory`, which is removed with it. */
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

/** Returns true if a name on a command line is that of a shared part. */
export function isSharedPartName(name: string | undefined): name is SharedPartName {
  return name !== undefined && Object.hasOwn(SHARED_PARTS, name);
}

/**
 * Returns the address where tests connect to a part's keeper. It is an abstract socket, which vanishes with its owner and so is never
 * stale.
 */
export function keeperAddress(name: SharedPartName): string {
  return `\0sallyport-testkit-1-${isRoot() ? 'root' : String(process.getuid?.())}-${name}`;
}
