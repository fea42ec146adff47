/** What the application of a server decides on, and what it may answer (RFC 4252, RFC 4256). */
import type { FidoFacts, OfferedKey, VerifyPolicy } from '../keys/index.js';

/** A question of a keyboard-interactive conversation. */
export interface Prompt {
  readonly text: string;
  /** Whether the client shows what is typed. */
  readonly isEchoed: boolean;
}

/** One SSH_MSG_USERAUTH_INFO_REQUEST. No prompts at all is allowed: the client then shows the text and answers at once. */
export interface PromptSet {
  readonly name?: string;
  readonly instruction?: string;
  readonly prompts: readonly Prompt[];
}

/** A key whose possession was proven: only the engine makes one, after it verified the signature over this session. */
export class ProvenKey {
  readonly #isProven = true;

  /** Engine only. */
  constructor(
    /** A plain key, or a certificate whose CA signature is correct. Whether it is trusted is the application's to say. */
    readonly key: OfferedKey,
    /** As the client named it, for instance `rsa-sha2-512`. */
    readonly algorithm: string,
    /** What a FIDO authenticator stated; only with `sk-` keys. */
    readonly fido: FidoFacts | undefined,
  ) {}

  /** False for anything that only looks like a proven key. */
  static isProven(value: unknown): value is ProvenKey {
    return typeof value === 'object' && value !== null && #isProven in value;
  }
}

/** A key that a client asks about before it signs. Nothing is proven by it: only whether to go on may depend on it. */
export interface KeyQuery {
  readonly user: string;
  readonly key: OfferedKey;
  readonly algorithm: string;
}

/** One attempt to authenticate. `user` never changes within a connection. */
export type Attempt =
  | { readonly method: 'none'; readonly user: string }
  | {
      readonly method: 'password';
      readonly user: string;
      readonly password: string;
      /** Set when the client answers a `change-password` verdict. */
      readonly newPassword?: string;
    }
  | { readonly method: 'publickey'; readonly user: string; readonly proven: ProvenKey }
  | {
      readonly method: 'keyboard-interactive';
      readonly user: string;
      /** The client's hint, usually empty. */
      readonly submethods: string;
      /**
       * Asks and waits for as many answers as there are prompts. May be called any number of times.
       * Rejects with ConversationAbandoned when the client tries something else instead or the connection ends.
       */
      ask(set: PromptSet): Promise<string[]>;
    };

/** What an attempt leads to. `methods` are those that may be tried next, as the client is told. */
export type Verdict =
  | { readonly kind: 'success' }
  | {
      readonly kind: 'failure';
      readonly methods: readonly string[];
      /** False keeps it out of the attempt limit: the failure was ours, not the client's. */
      readonly counts?: boolean;
    }
  /** This method succeeded and more is needed. */
  | { readonly kind: 'partial'; readonly methods: readonly string[] }
  /** Only for passwords: it is right but must be changed first. */
  | { readonly kind: 'change-password'; readonly prompt: string };

/** The application's side of a server's authentication. One per connection, so it may remember what happened. */
export interface ServerAuthenticator {
  /** Methods named in failures that the engine answers by itself (unknown methods, malformed or unproven keys). */
  methods(): readonly string[];
  /** Whether this key might log this user in. A yes makes the client sign; it proves and grants nothing. */
  acceptsKey(query: KeyQuery): boolean | Promise<boolean>;
  /** What a signature must state, for instance that touch is not required for this key. The engine's default demands touch. */
  verifyPolicy?(query: KeyQuery): VerifyPolicy | Promise<VerifyPolicy>;
  /** A signature proved nothing, for this reason; it was refused. For the audit. */
  unproven?(query: KeyQuery, reason: string): void;
  /** Decides. Attempts come one after another, never two at once. */
  decide(attempt: Attempt): Verdict | Promise<Verdict>;
}

/** The client turned to another method, or left, while it was being asked. */
export class ConversationAbandoned extends Error {
  override readonly name = 'ConversationAbandoned';
  constructor() {
    super('The client left the keyboard-interactive conversation');
  }
}
