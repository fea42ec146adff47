import { type Ack, type IngestRequest, type IngestResponse, IngestServiceService } from '@sallyport/proto-gen/recording/v1/ingest';
import { decodeFrames, type Frame, FrameKind } from '@sallyport/recording-format';
import { type MessageSink, meshCredentials, RpcServer } from '@sallyport/rpc';
import { createLogger } from '@sallyport/telemetry';
import { makeMeshCertificates, workFolder, type WorkFolder } from '@sallyport/testkit';
import { createRecorderLink, type RecorderLink } from '../src/recording/index.js';
import type { RecordingLimits } from '../src/recording/recording-limits.js';

const logger = createLogger({ service: 'counting-recorder', level: 'silent' });

/** A recorder that counts the messages of a gateway: the real contract over real gRPC, with frames in memory. */
export class CountingRecorder {
  /** The frames of each batch. */
  readonly batches: Frame[][] = [];

  private constructor(
    private readonly folder: WorkFolder,
    private readonly server: RpcServer,
    /** The gateway's link to it. */
    readonly link: RecorderLink,
  ) {}

  static async start(limits: Partial<RecordingLimits> = {}): Promise<CountingRecorder> {
    const folder = await workFolder('counting-recorder');
    const files = await makeMeshCertificates(`${folder.path}/mesh`, ['gateway', 'recorder']);
    const server = new RpcServer({ credentials: meshCredentials(files.recorder), logger });
    const ingest = (_: unknown, requests: AsyncIterable<IngestRequest>, out: MessageSink<IngestResponse>) => made.ingest(requests, out);
    server.add(IngestServiceService, { ingest }, { allow: ['gateway'] });
    const address = `127.0.0.1:${await server.listen('127.0.0.1', 0)}`;
    const spool = { spoolDir: `${folder.path}/spool`, spoolMaxBytes: 1e9 };
    const made: CountingRecorder = new CountingRecorder(
      folder,
      server,
      createRecorderLink({ address, credentials: meshCredentials(files.gateway), logger, limits, ...spool }),
    );
    return made;
  }

  /** Returns the output of all sessions. */
  output(): Buffer {
    return Buffer.concat(
      this.batches.flatMap((frames) => frames.filter(({ kind }) => kind === FrameKind.output).map(({ payload }) => payload)),
    );
  }

  async stop(): Promise<void> {
    await this.link.shutdown(0);
    await this.server.shutdown(100);
    await this.folder.remove();
  }

  private async ingest(requests: AsyncIterable<IngestRequest>, out: MessageSink<IngestResponse>): Promise<void> {
    for await (const { message } of requests) if (message) await out.write({ message: { $case: 'ack', value: this.take(message) } });
  }

  private take(message: NonNullable<IngestRequest['message']>): Ack {
    const { sessionId } = message.value;
    const ack = (seq: bigint): Ack => ({ sessionId, durableSeq: seq, publishedSeq: seq, closed: false, link: Buffer.alloc(0) });
    if (message.$case === 'open') return ack(0n);
    if (message.$case === 'close') return { ...ack(message.value.lastSeq), closed: true };
    const frames = decodeFrames(message.value.frames);
    this.batches.push(frames);
    return ack(frames.at(-1)?.seq ?? 0n);
  }
}
