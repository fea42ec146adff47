import { Inject, Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import type { AnchorFile } from '@sallyport/crypto';
import type { AuditAnchorServiceService } from '@sallyport/proto-gen/recording/v1/audit_anchor';
import type { RpcClient } from '@sallyport/rpc';

export const ANCHOR_RECORDER = Symbol('AnchorRecorder');
export type AnchorRecorder = Pick<RpcClient<AuditAnchorServiceService>, 'unary'>;

const PUT_TIMEOUT_MS = 5_000;
/** A page is up to 500 objects of the store. */
const LIST_TIMEOUT_MS = 20_000;

/** The anchors in the recordings' store, through a recorder. Every call throws the recorder's error. */
@Injectable()
export class StoredAnchors {
  constructor(@Inject(ANCHOR_RECORDER) private readonly recorder: AnchorRecorder) {}

  async put(ctx: Ctx, number: number, envelope: Buffer): Promise<void> {
    const options = { timeoutMs: PUT_TIMEOUT_MS, signal: ctx.signal, requestId: ctx.requestId };
    await this.recorder.unary('putAnchor', { number: BigInt(number), envelope }, options);
  }

  /** Returns the anchors whose names sort behind `after`, in order, page by page as they are read. */
  async *list(ctx: Ctx, after = ''): AsyncGenerator<AnchorFile, void, undefined> {
    const options = { timeoutMs: LIST_TIMEOUT_MS, signal: ctx.signal, requestId: ctx.requestId };
    for (let at = after, isLast = false; !isLast; ) {
      const page = await this.recorder.unary('listAnchors', { after: at, limit: 0 }, options);
      yield* page.anchors;
      at = page.next;
      isLast = at === '';
    }
  }
}
