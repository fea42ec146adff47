import type { AccountChoice } from '@sallyport/proto-gen/access/v1/session';
import type { LoginTarget, SignedIn } from '../auth/index.js';
import { finished, type Opening, type Session, type SessionOpener } from '../session/index.js';

/** Asks the person which account; undefined when they name none. */
export type ChooseAccount = (choice: AccountChoice) => Promise<string | undefined>;

/** A session, or why there is none. */
export type Obtained = { session: Session } | { words: string };

/** The sessions of one client connection. Channels to the login's own target share one: one login, one connection to the asset. */
export class SessionSource {
  private shared: Promise<Obtained> | undefined;
  private target: LoginTarget | undefined;
  private readonly own = new Set<Session>();
  private isOver = false;

  constructor(
    readonly who: SignedIn,
    private readonly opener: Pick<SessionOpener, 'open'>,
  ) {
    this.target = who.target;
  }

  /** Whether the login named a target. */
  get hasTarget(): boolean {
    return this.target !== undefined;
  }

  /** The shared session to the login's target; opened anew when there is none or the last one ended. */
  toTarget(choose: ChooseAccount | undefined): Promise<Obtained> {
    const { target } = this;
    if (!target) return Promise.resolve({ words: NO_TARGET });
    // One after the other: channels that come at once must not open a session each.
    const last: Promise<Obtained | undefined> = this.shared ?? Promise.resolve(undefined);
    this.shared = last.then((current) =>
      current && 'session' in current && current.session.isAlive ? current : this.obtain(this.target ?? target, choose),
    );
    return this.shared;
  }

  /** A session of its own to a target that was chosen in the menu. */
  to(target: LoginTarget, choose: ChooseAccount | undefined): Promise<Obtained> {
    return this.obtain(target, choose);
  }

  /** The client is gone. A session that core is about to grant ends as soon as it begins. */
  endAll(detail: string): void {
    this.isOver = true;
    for (const session of this.own) session.end(finished(detail));
  }

  private async obtain(target: LoginTarget, choose: ChooseAccount | undefined): Promise<Obtained> {
    const opening = await this.opener.open(this.who, target);
    if (opening.kind !== 'choose') return this.keep(opening);
    const account = choose ? await choose(opening.choice) : undefined;
    if (account === undefined) return { words: whichAccount(opening.choice) };
    const chosen = { asset: target.asset, account };
    if (this.target?.asset === target.asset) this.target = chosen;
    const second = await this.opener.open(this.who, chosen);
    return second.kind === 'choose' ? { words: whichAccount(second.choice) } : this.keep(second);
  }

  private keep(opening: Exclude<Opening, { kind: 'choose' }>): Obtained {
    if (opening.kind === 'refused') return opening;
    const { session } = opening;
    this.own.add(session);
    void session.over.then(() => this.own.delete(session));
    if (this.isOver) session.end(finished('the client left before the session began'));
    return { session };
  }
}

const NO_TARGET =
  'No target is named. Log in as user@account@asset to run a command or copy files; without a command, a menu shows what you may reach.';

const whichAccount = ({ assetName, accounts }: AccountChoice): string =>
  `You may use several accounts on ${assetName}: ${accounts.map((account) => account.username).join(', ')}. Name one: user@account@asset.`;
