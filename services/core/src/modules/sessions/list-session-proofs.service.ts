import { Injectable } from '@nestjs/common';
import type { OrgCtx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { SealSessionList } from '../audits/index.js';
import { SessionEntity } from './session.entity.js';
import type { Session } from './session.repository.js';

/** Sessions that are read at once. */
const PAGE = 1000;

/** Lists what core knows of the recordings, for `sallyport verify --against`. */
@Injectable()
export class ListSessionProofs {
  constructor(
    private readonly database: Database,
    private readonly seal: SealSessionList,
  ) {}

  /** Returns every session of the organization as a line of JSON, oldest first, then the signed end of the list. Holds one page. */
  async *lines(ctx: OrgCtx): AsyncGenerator<string> {
    const seal = await this.seal.begin(ctx);
    for (let page = await this.page(ctx, undefined); page.length > 0; page = await this.page(ctx, page.at(-1)!.id)) {
      yield page.map((session) => seal.add(`${JSON.stringify(proofOf(session))}\n`)).join('');
    }
    yield seal.end();
  }

  private page(ctx: OrgCtx, after: string | undefined): Promise<Session[]> {
    const select = this.database.tenant(ctx, SessionEntity).select('session').orderBy('session.id').limit(PAGE);
    if (after !== undefined) select.andWhere('session.id > :after', { after });
    return select.getMany();
  }
}

const proofOf = (it: Session): Record<string, unknown> => ({
  session_id: it.id,
  state: it.state,
  user: it.username,
  asset: it.assetName,
  account: it.account,
  date_start: it.dateStart.toISOString(),
  date_end: it.dateEnd?.toISOString() ?? null,
  last_seq: it.lastSeq === null ? null : Number(it.lastSeq),
  link: it.recordingLink,
});
