/** The account of the test server. */
import {
  checkCertificate,
  type Attempt,
  type CertificateGrants,
  type FidoStatement,
  type OfferedKey,
  type PublicKey,
  type RevocationList,
  type ServerAuthenticator,
  type Verdict,
} from '@sallyport/ssh';

export const USER = 'alice';
export const PASSWORD = 'correct-horse';

/** The accepted credentials. A method without credentials is not offered. */
export interface Account {
  readonly password?: boolean;
  readonly interactive?: boolean;
  readonly keys?: readonly PublicKey[];
  readonly authorities?: readonly PublicKey[];
  readonly revocations?: RevocationList;
  readonly sourceAddress?: string;
  /** Requires a password after the key. */
  readonly needsBoth?: boolean;
}

/** The method of a login, or the reason why a proven certificate was refused. */
export interface LoginRecord {
  readonly method: Attempt['method'];
  readonly algorithm?: string;
  readonly fido?: FidoStatement | undefined;
  readonly grants?: CertificateGrants;
  readonly refusal?: string;
}

/** Decides by the account and records the result. */
export class AccountAuthenticator implements ServerAuthenticator {
  private isKeyProven = false;

  constructor(
    private readonly account: Account,
    private readonly note: (record: LoginRecord) => void,
  ) {}

  methods(): readonly string[] {
    const { password, interactive, keys, authorities, needsBoth } = this.account;
    if (needsBoth === true) return [this.isKeyProven ? 'password' : 'publickey'];
    return [
      ...((keys ?? authorities) ? ['publickey'] : []),
      ...(password === true ? ['password'] : []),
      ...(interactive === true ? ['keyboard-interactive'] : []),
    ];
  }

  acceptsKey({ key }: { readonly key: OfferedKey }): boolean {
    return key.kind === 'certificate' ? this.account.authorities !== undefined : this.knows(key);
  }

  async decide(attempt: Attempt): Promise<Verdict> {
    switch (attempt.method) {
      case 'none':
        return this.refuse();
      case 'password':
        return attempt.password === PASSWORD && (this.account.password === true || this.isKeyProven)
          ? this.admit({ method: 'password' })
          : this.refuse();
      case 'keyboard-interactive':
        return this.decideInteractive(attempt);
      case 'publickey':
        return this.decideKey(attempt);
    }
  }

  private knows(key: OfferedKey): boolean {
    return this.account.keys?.some(({ blob }) => blob.equals(key.blob)) === true;
  }

  /** Sends one prompt, then a request without prompts, which clients answer at once. */
  private async decideInteractive({ ask }: Attempt & { method: 'keyboard-interactive' }): Promise<Verdict> {
    const [answer] = await ask({ instruction: 'A question', prompts: [{ text: 'Password: ', isEchoed: false }] });
    if (answer !== PASSWORD || this.account.interactive !== true) return this.refuse();
    await ask({ instruction: 'Thank you', prompts: [] });
    return this.admit({ method: 'keyboard-interactive' });
  }

  private decideKey({ user, proven }: Attempt & { method: 'publickey' }): Verdict {
    const { key, algorithm, fido } = proven;
    const record = { method: 'publickey' as const, algorithm, fido };
    if (key.kind !== 'certificate') return this.knows(key) ? this.admit(record) : this.refuse();
    const verdict = checkCertificate(key, this.policy(user));
    if (verdict.isAccepted) return this.admit({ ...record, grants: verdict.grants });
    this.note({ ...record, refusal: verdict.reason });
    return this.refuse();
  }

  private policy(user: string) {
    const { authorities = [], revocations, sourceAddress = '127.0.0.1' } = this.account;
    return {
      role: 'user' as const,
      authorities,
      principals: [user],
      nowSeconds: Date.now() / 1000,
      sourceAddress,
      ...(revocations !== undefined && { revocations }),
    };
  }

  private admit(record: LoginRecord): Verdict {
    if (this.account.needsBoth === true && !this.isKeyProven) {
      this.isKeyProven = true;
      return { kind: 'partial', methods: this.methods() };
    }
    this.note(record);
    return { kind: 'success' };
  }

  private refuse(): Verdict {
    return { kind: 'failure', methods: this.methods() };
  }
}
