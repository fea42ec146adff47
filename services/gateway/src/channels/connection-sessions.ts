import type { AccountChoice } from '@sallyport/proto-gen/access/v1/session';
import type { ClientLogin, LoginTarget } from '../auth/index.js';
import { AssetReservation, type OpenedChannel } from './asset-reservation.js';
import { finished, type Opening, type Session, type SessionClient, type SessionEnd, type SessionOpener } from '../session/index.js';

/** Asks the user for an account. Resolves to undefined if the user names none. */
export type ChooseAccount = (choice: AccountChoice) => Promise<string | undefined>;

/** A session, or a message for the user. */
export type Obtained = { session: Session } | { refusal: string };

/** The sessions of one client connection. Channels to the login's own target share one session, and so one connection to the asset. */
export class ConnectionSessions {
  private shared: Promise<Obtained> | undefined;
  private target: LoginTarget | undefined;
  private readonly open = new Set<Session>();
  private isOver = false;
  private hasNotice = false;
  private first: AssetReservation | undefined;

  constructor(
    private readonly client: SessionClient,
    private readonly opener: Pick<SessionOpener, 'open'>,
  ) {
    this.target = client.login.target;
  }

  get login(): ClientLogin {
    return this.client.login;
  }

  /** Returns the reservation for a session channel of the client. Only the first of a connection is not begun. Undefined if the login named no target. */
  reservation(): { readonly reservation: AssetReservation; readonly isFirst: boolean } | undefined {
    if (!this.hasTarget) return undefined;
    const reservation = new AssetReservation(() => this.openChannel());
    const isFirst = this.first === undefined;
    void this.first?.begin();
    this.first ??= reservation;
    return { reservation, isFirst };
  }

  /** Returns true once: a connection gets one notice about its commands. */
  isFirstNotice(): boolean {
    const isFirst = !this.hasNotice;
    this.hasNotice = true;
    return isFirst;
  }

  /** Returns true if the login named a target. */
  get hasTarget(): boolean {
    return this.target !== undefined;
  }

  /** Returns the shared session to the login's target. Opens one if there is none or the last one has ended. */
  toTarget(choose: ChooseAccount | undefined): Promise<Obtained> {
    const { target } = this;
    if (!target) return Promise.resolve({ refusal: NO_TARGET });
    // One after the other: channels that are opened at the same time share a session.
    const last: Promise<Obtained | undefined> = this.shared ?? Promise.resolve(undefined);
    this.shared = last.then((current) =>
      current && 'session' in current && current.session.isAlive ? current : this.obtain(this.target ?? target, choose),
    );
    return this.shared;
  }

  /** Opens a session, shared with no other channel, to a target that the user chose in the menu. */
  to(target: LoginTarget, choose: ChooseAccount | undefined): Promise<Obtained> {
    return this.obtain(target, choose);
  }

  /** Ends all sessions because the client is gone. A session that core grants later ends at once. */
  endAll(end: SessionEnd): void {
    this.isOver = true;
    for (const session of this.open) session.end(end);
  }

  /** Ends all sessions with this end. Resolves when they are over. */
  async endWith(end: SessionEnd): Promise<void> {
    this.isOver = true;
    const open = [...this.open];
    for (const session of open) session.end(end);
    await Promise.all(open.map((session) => session.over));
  }

  /** Opens a channel on the login's target. Resolves to undefined without a session: the start of the client's channel finds out why. */
  private async openChannel(): Promise<OpenedChannel | undefined> {
    const obtained = await this.toTarget(undefined);
    if (!('session' in obtained)) return undefined;
    const { session } = obtained;
    try {
      return { session, channel: await (await session.connected()).openChannel({ kind: 'session' }) };
    } catch (error) {
      if (session.isAlive) throw error;
      return undefined;
    }
  }

  private async obtain(target: LoginTarget, choose: ChooseAccount | undefined): Promise<Obtained> {
    const opening = await this.opener.open(this.client, target);
    if (opening.kind !== 'choose') return this.keep(opening);
    const account = choose ? await choose(opening.choice) : undefined;
    if (account === undefined) return { refusal: nameAnAccount(opening.choice) };
    const chosen = { asset: target.asset, account };
    if (this.target?.asset === target.asset) this.target = chosen;
    const second = await this.opener.open(this.client, chosen);
    return second.kind === 'choose' ? { refusal: nameAnAccount(second.choice) } : this.keep(second);
  }

  private keep(opening: Exclude<Opening, { kind: 'choose' }>): Obtained {
    if (opening.kind === 'refused') return { refusal: opening.message };
    const { session } = opening;
    this.open.add(session);
    void session.over.then(() => this.open.delete(session));
    if (this.isOver) session.end(finished('the client left before the session began'));
    return { session };
  }
}

const NO_TARGET =
  'No target is named. Log in as user@account@asset to run a command or copy files; without a command, a menu shows what you may reach.';

const nameAnAccount = ({ assetName, accounts }: AccountChoice): string =>
  `You may use several accounts on ${assetName}: ${accounts.map((account) => account.username).join(', ')}. Name one: user@account@asset.`;
