import { dirname } from 'node:path';
import { AppError, type ErrorKind } from '@sallyport/errors';
import { CommandSearchServiceService, type SearchRequest, type SearchResponse } from '@sallyport/proto-gen/command/v1/command_search';
import { AuditAnchorServiceService } from '@sallyport/proto-gen/recording/v1/audit_anchor';
import { PlaybackServiceService, type DescribeResponse } from '@sallyport/proto-gen/recording/v1/playback';
import { meshCredentials, RpcServer, type Handlers, type RpcCtx } from '@sallyport/rpc';
import { createLogger } from '@sallyport/telemetry';
import { makeMeshCertificates } from '@sallyport/testkit';
import { AnchorBucket } from './a-chain.js';
import type { TestCore } from './a-core.js';

/** Error that a peer refuses with. */
export class PeerRefusal extends AppError {
  constructor(
    readonly code: string,
    readonly kind: ErrorKind,
    words = `${code} of a peer`,
  ) {
    super(words);
  }
}

const logger = createLogger({ service: 'peer', level: 'silent' });

/** Starts a peer's server on the port of core's settings, with a certificate of core's authority. */
async function serve(
  core: TestCore,
  name: 'recorder' | 'indexer',
  port: number,
  add: (server: RpcServer) => void,
): Promise<{ stop(): Promise<void> }> {
  const mesh = await makeMeshCertificates(dirname(core.mesh.core.caFile), [name]);
  const server = new RpcServer({ credentials: meshCredentials(mesh[name]), logger });
  add(server);
  await server.listen('127.0.0.1', port);
  return { stop: () => server.shutdown(200) };
}

/** A recorder that plays back the recordings of a test and keeps anchors of the audit chain. */
export class FakeRecorder {
  recording: DescribeResponse | undefined;
  data = Buffer.alloc(0);
  readonly asked: Record<string, unknown>[] = [];
  /** Pieces handed over so far, and whether the reader went away before the end. */
  sent = 0;
  isCancelled = false;
  /** Breaks off after so many pieces. */
  breaksAfter = Infinity;
  pieceBytes = 16 * 1024;
  readonly bucket = new AnchorBucket();

  start(core: TestCore, port: number): Promise<{ stop(): Promise<void> }> {
    const handlers: Handlers<PlaybackServiceService> = {
      describe: async (_ctx, request) => {
        this.asked.push({ call: 'describe', ...request });
        if (!this.recording) throw new PeerRefusal('RECORDING_MISSING', 'not_found');
        return this.recording;
      },
      readBytes: (ctx, request) =>
        this.pieces(
          ctx,
          { call: 'readBytes', ...request },
          this.data.subarray(Number(request.offset), Number(request.offset + request.length)),
          (data) => ({ data }),
        ),
      readFrames: (ctx, request) => this.pieces(ctx, { call: 'readFrames', ...request }, this.data, (frames) => ({ frames })),
      readAsciicast: (ctx, request) => this.pieces(ctx, { call: 'readAsciicast', ...request }, this.data, (data) => ({ data })),
      readBundle: (ctx, request) => this.pieces(ctx, { call: 'readBundle', ...request }, this.data, (data) => ({ data })),
    };
    const anchors: Handlers<AuditAnchorServiceService> = {
      putAnchor: async (_ctx, { number, envelope }) => {
        this.bucket.put(number, envelope);
        return {};
      },
      listAnchors: async (_ctx, { after }) => this.bucket.list(after),
    };
    return serve(core, 'recorder', port, (server) =>
      server.add(PlaybackServiceService, handlers, { allow: ['core'] }).add(AuditAnchorServiceService, anchors, { allow: ['core'] }),
    );
  }

  private async *pieces<T>(ctx: RpcCtx, asked: Record<string, unknown>, data: Buffer, wrap: (piece: Buffer) => T): AsyncGenerator<T> {
    this.asked.push(asked);
    ctx.signal.addEventListener('abort', () => (this.isCancelled = true));
    for (let at = 0; at < data.length; at += this.pieceBytes) {
      if (this.sent >= this.breaksAfter) throw new PeerRefusal('STORE_BROKEN', 'unavailable');
      this.sent++;
      yield wrap(data.subarray(at, at + this.pieceBytes));
    }
  }
}

/** An indexer that answers with the commands of a test. */
export class FakeIndexer {
  answer: SearchResponse = { commands: [], count: 0, countIsLowerBound: false, nextCursor: '' };
  readonly asked: SearchRequest[] = [];
  /** Error that it refuses with, if any. */
  refusal: AppError | undefined;

  start(core: TestCore, port: number): Promise<{ stop(): Promise<void> }> {
    const handlers: Handlers<CommandSearchServiceService> = {
      search: async (_ctx, request) => {
        this.asked.push(request);
        if (this.refusal) throw this.refusal;
        return this.answer;
      },
    };
    return serve(core, 'indexer', port, (server) => server.add(CommandSearchServiceService, handlers, { allow: ['core'] }));
  }
}
