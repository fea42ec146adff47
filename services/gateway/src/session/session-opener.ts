import { ofSession, type OpenSpan } from '@sallyport/telemetry';
import type { AccountChoice } from '@sallyport/proto-gen/access/v1/session';
import { LoginTrace, type LoginTarget } from '../auth/index.js';
import type { AccessPeer } from '../peers/access-peer.js';
import { AccessGrant, type AccessDecision } from './access-grant.js';
import { reasonText } from './session-end.js';
import { Session, type SessionClient, type SessionDeps } from './session.js';

/** The outcome of a request for a session. */
export type Opening =
  | { kind: 'opened'; session: Session }
  | { kind: 'refused'; message: string }
  | { kind: 'choose'; choice: AccountChoice };

/** The collaborators of the opener, beside those of its sessions. */
export interface SessionOpenerDeps extends SessionDeps {
  access: Pick<AccessPeer, 'openSession'>;
  /** Takes over a session that core granted. */
  adopt(session: Session): void;
  /** Returns the reason why the gateway opens no session for this client now, undefined if it does. */
  refusalReason(client: SessionClient): string | undefined;
}

/** Asks core for sessions. An asset is dialled with a grant of core alone. */
export class SessionOpener {
  constructor(private readonly deps: SessionOpenerDeps) {}

  async open(client: SessionClient, target: LoginTarget): Promise<Opening> {
    const { identity } = client.login;
    const refusal = identity.mustChangePassword ? MUST_CHANGE_PASSWORD : this.deps.refusalReason(client);
    if (refusal) return { kind: 'refused', message: refusal };
    const trace = client.login.trace ?? new LoginTrace();
    const sessionId = trace.takeSessionId();
    const span = trace.beginSession(sessionId);
    const decision = await span.within(() => this.decide(client, target, sessionId));
    if (decision?.kind !== 'granted') span.end({ 'sallyport.decision': decision?.kind ?? 'none' }, decision === undefined);
    switch (decision?.kind) {
      case 'granted':
        return { kind: 'opened', session: this.begin(decision.grant, client, span) };
      case 'choose':
        trace.giveBack(sessionId);
        return decision;
      case 'refused':
        this.deps.logger.info(
          { user: identity.username, asset: target.asset, account: target.account, code: decision.refusal.code },
          'session refused',
        );
        return { kind: 'refused', message: decision.refusal.message };
      case undefined:
        return { kind: 'refused', message: UNDECIDED };
    }
  }

  private async decide({ login }: SessionClient, target: LoginTarget, sessionId: string): Promise<AccessDecision | undefined> {
    try {
      const request = { identityToken: login.identity.token, target, client: login.client, sessionId };
      return AccessGrant.decide(await this.deps.access.openSession(request));
    } catch (error) {
      this.deps.logger.warn({ err: error, user: login.identity.username, asset: target.asset }, 'core did not decide about a session');
      return undefined;
    }
  }

  private begin(grant: AccessGrant, client: SessionClient, span: OpenSpan): Session {
    const { sessionId, username, assetName, account } = grant.facts;
    const from = client.login.client.sourceIp;
    this.deps.logger.info({ ...ofSession(sessionId), user: username, asset: assetName, account, from }, 'session begins');
    const session = new Session(grant, client, this.deps);
    void session.over.then(({ end }) => span.end({ 'sallyport.session_id': sessionId, 'sallyport.end': reasonText(end.reason) }, false));
    this.deps.adopt(session);
    return session;
  }
}

const UNDECIDED = "Sallyport can't open a session right now. Try again in a minute.";
const MUST_CHANGE_PASSWORD =
  'Your password has to be changed before you can connect. Change it over the API or the console, then log in again.';
