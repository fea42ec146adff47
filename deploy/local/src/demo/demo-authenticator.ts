import type { Attempt, KeyQuery, ServerAuthenticator, Verdict } from '@sallyport/ssh';

const METHODS = ['publickey'];

/** Accepts one user with one key. */
export class DemoAuthenticator implements ServerAuthenticator {
  constructor(
    private readonly user: string,
    private readonly keyBlob: Buffer,
  ) {}

  methods(): readonly string[] {
    return METHODS;
  }

  acceptsKey({ user, key }: Pick<KeyQuery, 'user' | 'key'>): boolean {
    return user === this.user && key.blob.equals(this.keyBlob);
  }

  decide(attempt: Attempt): Verdict {
    const isAllowed = attempt.method === 'publickey' && this.acceptsKey({ user: attempt.user, key: attempt.proven.key });
    return isAllowed ? { kind: 'success' } : { kind: 'failure', methods: METHODS };
  }
}
