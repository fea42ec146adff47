/** The requests that a server's application decides on, and its verdicts (RFC 4252, RFC 4256). */
import type { FidoStatement, OfferedKey, SshKeyError, VerifyPolicy } from '../keys/index.js';

/** One prompt of a keyboard-interactive request. */
export interface Prompt {
  readonly text: string;
  /** True if the client shows the characters that the user types. */
  readonly isEchoed: boolean;
}

/** One SSH_MSG_USERAUTH_INFO_REQUEST. `prompts` may be empty: the client then shows the text and answers at once. */
export interface PromptSet {
  readonly name?: string;
  readonly instruction?: string;
  readonly prompts: readonly Prompt[];
}

/** A key whose possession was proven. Only the engine constructs one, after it verified the signature over this session. */
export class ProvenKey {
  readonly #isProven = true;

  /** Called by the engine only. */
  constructor(
    /** A plain key, or a certificate whose CA signature is correct. The application decides if it trusts the key. */
    readonly key: OfferedKey,
    /** The algorithm as the client named it, for instance `rsa-sha2-512`. */
    readonly algorithm: string,
    /** The statements of a FIDO authenticator; set only for `sk-` keys. */
    readonly fido: FidoStatement | undefined,
  ) {}

  /** Returns true for an instance that the engine constructed, false for an object of the same shape. */
  static isProven(value: unknown): value is ProvenKey {
    return typeof value === 'object' && value !== null && #isProven in value;
  }
}

/** A key that a client asks about before it signs (RFC 4252 §7). It is not proven: it only decides if the client is asked for a signature. */
export interface KeyQuery {
  readonly user: string;
  readonly key: OfferedKey;
  readonly algorithm: string;
}

/** A request with a key that cannot be used. */
export interface UnusableKey {
  readonly user: string;
  readonly algorithm: string;
  readonly isSigned: boolean;
}

/** One authentication request. `user` never changes within a connection. */
export type Attempt =
  | { readonly method: 'none'; readonly user: string }
  | {
      readonly method: 'password';
      readonly user: string;
      readonly password: string;
      /** The new password, if the client answers a `change-password` verdict. */
      readonly newPassword?: string;
    }
  | { readonly method: 'publickey'; readonly user: string; readonly proven: ProvenKey }
  | {
      readonly method: 'keyboard-interactive';
      readonly user: string;
      /** The submethods that the client prefers (RFC 4256 §3.1); usually empty. */
      readonly submethods: string;
      /**
       * Sends the prompts and returns one answer for each. May be called any number of times.
       * Rejects with ConversationAbandoned if the client sends another request instead, or if the connection ends.
       */
      ask(set: PromptSet): Promise<string[]>;
    };

/** The application's decision on one attempt. `methods` are the methods that can continue, as the client receives them. */
export type Verdict =
  | { readonly kind: 'success' }
  | {
      readonly kind: 'failure';
      readonly methods: readonly string[];
      /** False: the failure does not count towards the limit, because its cause lies on the server's side. */
      readonly counts?: boolean;
    }
  /** The method succeeded; another one is required. */
  | { readonly kind: 'partial'; readonly methods: readonly string[] }
  /** Only for passwords: the password is correct but has to be changed first. */
  | { readonly kind: 'change-password'; readonly prompt: string };

/** The application's side of a server's authentication. One per connection, so it may keep state. */
export interface ServerAuthenticator {
  /** Returns the methods named in failures that the engine answers itself (unknown methods, malformed or unproven keys). */
  methods(): readonly string[];
  /**
   * Returns true if this key may log this user in. Called for queries, and before a signature is verified; the answer authorizes nothing.
   * A client may learn it: the answer to a query says the same, in the same time.
   */
  acceptsKey(query: KeyQuery): boolean | Promise<boolean>;
  /** Returns the demands on a signature, for instance that touch is not required for this key. By default touch is required. */
  verifyPolicy?(query: KeyQuery): VerifyPolicy | Promise<VerifyPolicy>;
  /** Reports a refused signed request and the reason, for the audit. */
  signatureRefused?(query: KeyQuery, reason: string): void;
  /** Reports a key that no user may log in with, because of its type, size or form. */
  keyRefused?(request: UnusableKey, problem: SshKeyError): void;
  /** Decides on one attempt. The next attempt follows after the verdict. */
  decide(attempt: Attempt): Verdict | Promise<Verdict>;
}

/** The client sent another request, or the connection ended, before the prompts were answered. */
export class ConversationAbandoned extends Error {
  override readonly name = 'ConversationAbandoned';
  constructor() {
    super('The client abandoned the keyboard-interactive authentication');
  }
}
