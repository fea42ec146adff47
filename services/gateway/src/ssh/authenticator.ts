import type { ProvenKey } from '@sallyport/ssh';

/** Methods that can be named to a client (RFC 4252 §5). */
export type AuthMethodName = 'publickey' | 'password' | 'keyboard-interactive';

/** One question of keyboard-interactive (RFC 4256 §3.2). */
export interface InteractivePrompt {
  text: string;
  echo: boolean;
}

/** One USERAUTH_REQUEST. Methods that are not offered, wrong signatures and malformed keys are refused before they come here. */
export type AuthAttempt =
  | { method: 'none' }
  /** "Would this key do?", without any proof. It must never count as one. */
  | { method: 'publickey-query'; fingerprint: string }
  /** The key's holder has signed this connection's session id: only the engine, which verified it, makes a ProvenKey. */
  | { method: 'publickey'; fingerprint: string; proven: ProvenKey }
  | { method: 'password'; password: string }
  /** `ask` shows prompts and resolves to one answer each; it rejects when the client goes away or begins anew. */
  | { method: 'keyboard-interactive'; ask(instruction: string, prompts: InteractivePrompt[]): Promise<string[]> };

/** What comes of an attempt. */
export type AuthVerdict<Identity> =
  | { kind: 'signed-in'; identity: Identity }
  /** The queried key is worth a signature. */
  | { kind: 'key-acceptable' }
  | { kind: 'failed'; methods: AuthMethodName[]; partialSuccess: boolean }
  /** No further try: disconnect with these words. */
  | { kind: 'refused'; words: string };

/** Decides over one connection's attempts. One attempt runs at a time. */
export interface Authenticator<Identity> {
  /** Methods that may be tried now, for what is refused without an attempt. */
  methods(): AuthMethodName[];
  attempt(username: string, attempt: AuthAttempt): Promise<AuthVerdict<Identity>>;
  /** A signature was wrong, and refused. */
  unproven(username: string, fingerprint: string, why: string): void;
}

/** Who asks to come in, known before the first attempt. */
export interface ClientFacts {
  readonly remoteAddress: string;
  readonly remoteSoftware: string;
}
