import { startNats, type RunningPart } from '@sallyport/backing';
import { workFolder } from '../place/work-folder.js';

/** A NATS server of one test file, with JetStream: a start takes 0.1 s and 12 MB. */
export interface TestNats extends RunningPart {
  /** Starts it again on the same port with the same data, after `stop` or a kill. */
  restart(): Promise<TestNats>;
  /** Stops it and removes its data. */
  remove(): Promise<void>;
}

/** Starts NATS for one test file. Stop it with `remove`. */
export async function aNats({ token }: { token?: string } = {}): Promise<TestNats> {
  const folder = await workFolder('nats');
  const start = async (port?: number): Promise<TestNats> => {
    const part = await startNats({
      directory: folder.path,
      isDurable: false,
      ...(token === undefined ? {} : { token }),
      ...(port === undefined ? {} : { port }),
    });
    return {
      ...part,
      restart: () => start(part.port),
      remove: async () => {
        await part.stop();
        await folder.remove();
      },
    };
  };
  return start();
}
