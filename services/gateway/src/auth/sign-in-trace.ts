import type { ClientInfo, FailedSignIn } from '@sallyport/proto-gen/access/v1/authenticate';
import type { AuthAttempt } from '../ssh/index.js';

const MAX_NAME_CHARS = 256;
const MAX_DETAIL_CHARS = 200;
/** Fingerprints that the audit event lists. */
const MAX_FINGERPRINTS = 16;

/** Collects what a client tried on one connection, for the audit event of a connection that ends without a sign-in. */
export class SignInTrace {
  private readonly methods = new Set<string>();
  private readonly keys = new Set<string>();
  private code: string | undefined;

  tried(attempt: AuthAttempt): void {
    const isKey = attempt.method === 'publickey' || attempt.method === 'publickey-query';
    this.methods.add(isKey ? 'publickey' : attempt.method);
    if (isKey) this.keys.add(attempt.fingerprint);
  }

  /** Notes a refused signed request. `key` is a fingerprint, or the algorithm of a key that has none. */
  refusedKey(key: string): void {
    this.methods.add('publickey');
    this.keys.add(key);
  }

  /** Notes the refusal that ends the connection; the last one counts. */
  refused(code: string): void {
    this.code = code;
  }

  /** Returns the report of a connection that ended without a sign-in. */
  report(username: string, client: ClientInfo, detail: string, endedAt: Date): FailedSignIn {
    return {
      username: username.slice(0, MAX_NAME_CHARS),
      client,
      methods: [...this.methods],
      keysOffered: this.keys.size,
      fingerprints: [...this.keys].filter((key) => key.startsWith('SHA256:')).slice(0, MAX_FINGERPRINTS),
      reason: this.code ?? 'NO_SIGN_IN',
      detail: detail.slice(0, MAX_DETAIL_CHARS),
      endedAt,
    };
  }
}
