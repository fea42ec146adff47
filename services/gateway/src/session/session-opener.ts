import type { AccountChoice } from '@sallyport/proto-gen/access/v1/session';
import { uuidv7 } from '@sallyport/context';
import type { LoginTarget, SignedIn } from '../auth/index.js';
import type { AccessPeer } from '../peers/access-peer.js';
import { AccessGrant, type AccessDecision } from './access-grant.js';
import { Session, type SessionTools } from './session.js';

/** What comes of asking for a session. */
export type Opening = { kind: 'opened'; session: Session } | { kind: 'refused'; words: string } | { kind: 'choose'; choice: AccountChoice };

/** What opening needs beside what sessions are made with. */
export interface OpenerTools extends SessionTools {
  access: Pick<AccessPeer, 'openSession'>;
  /** Takes over a session that core granted. */
  adopt(session: Session): void;
  /** Why no new session may begin here; undefined when one may. */
  whyClosed(): string | undefined;
}

/** Asks core for sessions. Nothing is dialled but by a grant. */
export class SessionOpener {
  constructor(private readonly tools: OpenerTools) {}

  async open(who: SignedIn, target: LoginTarget): Promise<Opening> {
    const refusal = who.identity.mustChangePassword ? MUST_CHANGE_PASSWORD : this.tools.whyClosed();
    if (refusal) return { kind: 'refused', words: refusal };
    const decision = await this.decide(who, target);
    switch (decision?.kind) {
      case 'granted':
        return { kind: 'opened', session: this.begin(decision.grant, who) };
      case 'choose':
        return decision;
      case 'refused':
        this.tools.logger.info(
          { user: who.identity.username, asset: target.asset, account: target.account, code: decision.refusal.code },
          'session refused',
        );
        return { kind: 'refused', words: decision.refusal.message };
      case undefined:
        return { kind: 'refused', words: UNDECIDED };
    }
  }

  private async decide(who: SignedIn, target: LoginTarget): Promise<AccessDecision | undefined> {
    try {
      const request = { identityToken: who.identity.token, target, client: who.client, sessionId: uuidv7() };
      return AccessGrant.decide(await this.tools.access.openSession(request));
    } catch (error) {
      this.tools.logger.warn({ err: error, user: who.identity.username, asset: target.asset }, 'core did not decide about a session');
      return undefined;
    }
  }

  private begin(grant: AccessGrant, who: SignedIn): Session {
    const { sessionId, username, assetName, account } = grant.facts;
    this.tools.logger.info({ session: sessionId, user: username, asset: assetName, account, from: who.client.sourceIp }, 'session begins');
    const session = new Session(grant, who.client, this.tools);
    this.tools.adopt(session);
    return session;
  }
}

const UNDECIDED = "Sallyport can't open a session right now. Try again in a minute.";
const MUST_CHANGE_PASSWORD =
  'Your password has to be changed before you can connect. Change it over the API or the console, then log in again.';
