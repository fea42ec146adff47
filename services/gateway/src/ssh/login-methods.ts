import type { ClientMethod, PromptSet } from '@sallyport/ssh';
import { readPrivateKey } from './host-keys.js';
import type { LoginCredential } from './ssh-dialer.js';

/** Returns the methods that a credential is tried by, once each. A password is tried by keyboard-interactive too. Throws KeyUnusable. */
export async function loginMethods({ secret }: LoginCredential): Promise<ClientMethod[]> {
  if (secret.kind === 'private-key') return [{ method: 'publickey', signer: await readPrivateKey(secret.pem) }];
  const { password } = secret;
  return [
    { method: 'password', password },
    { method: 'keyboard-interactive', answer: answerOnce(password) },
  ];
}

/** Answers the first hidden prompt with the password, all others with nothing: they mean that it was wrong or that more is required. */
function answerOnce(password: string): (set: Required<PromptSet>) => string[] {
  let hasAnswered = false;
  return ({ prompts }) => {
    const isPasswordPrompt = !hasAnswered && prompts.length === 1 && prompts[0]?.isEchoed === false;
    hasAnswered ||= prompts.length > 0;
    return prompts.map(() => (isPasswordPrompt ? password : ''));
  };
}
