import { join } from 'node:path';
import { makeMeshCertificates, startNats, type MeshIdentity, type RunningPart } from '@sallyport/backing';
import {
  authorizationConf,
  OPERATOR,
  permissions,
  provisionBus,
  SERVER,
  SERVICES,
  type Client,
  type ConsumerDef,
  type EventDef,
} from '@sallyport/bus';
import { workFolder } from '../place/work-folder.js';

/** Identity that may do everything, for a test's own publishers and consumers. Only the NATS of tests knows it. */
const TEST = 'test';
const IDENTITIES = [...SERVICES, SERVER, OPERATOR, TEST] as const;
type Identity = (typeof IDENTITIES)[number];

/** A NATS server of one test file, with JetStream, the product's permissions, streams and consumers: a start takes 0.2 s and 12 MB. */
export interface TestNats extends RunningPart {
  /** Certificates of all identities. */
  readonly mesh: Readonly<Record<Identity, MeshIdentity>>;
  /** Returns the options of `connectBus` for a service; without one for an identity that may do everything. */
  as(identity?: Identity): Client;
  /** Creates a consumer that only the test uses. */
  addConsumer<T>(name: string, event: EventDef<T>): Promise<Pick<ConsumerDef<T>, 'name' | 'event'>>;
  /** Starts it again on the same port with the same data, after `stop` or a kill. */
  restart(): Promise<TestNats>;
  /** Stops it and removes its data. */
  remove(): Promise<void>;
}

/** Starts NATS for one test file. Stop it with `remove`. */
export async function aNats(): Promise<TestNats> {
  const folder = await workFolder('nats');
  const mesh = await makeMeshCertificates(join(folder.path, 'mesh'), IDENTITIES);
  const everything = { publish: ['>'], subscribe: ['>'] };
  const access = { identity: mesh[SERVER], authorization: authorizationConf({ ...permissions, [TEST]: everything }) };
  const start = async (port?: number): Promise<TestNats> => {
    const part = await startNats({ directory: folder.path, isDurable: false, access, ...(port === undefined ? {} : { port }) });
    const as = (identity: Identity = TEST): Client => ({ url: part.url, service: identity, identity: mesh[identity] });
    return {
      ...part,
      mesh,
      as,
      addConsumer: async (name, event) => {
        await provisionBus({ url: part.url, identity: mesh[OPERATOR], consumers: [{ name, event }] });
        return { name, event };
      },
      restart: () => start(part.port),
      remove: async () => {
        await part.stop();
        await folder.remove();
      },
    };
  };
  const nats = await start();
  await provisionBus({ url: nats.url, identity: mesh[OPERATOR] });
  return nats;
}
