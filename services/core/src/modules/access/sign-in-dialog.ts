import { AuthMethod, type NextStep, type Prompt } from '@sallyport/proto-gen/access/v1/authenticate';

/** Offered to everybody alike, so that the list says nothing about who exists. */
export const FIRST_METHODS = [AuthMethod.PUBLICKEY, AuthMethod.PASSWORD, AuthMethod.KEYBOARD_INTERACTIVE];

const hidden = (text: string): Prompt => ({ text, echo: false });

/** What keyboard-interactive asks for first. */
export const PASSWORD_PROMPTS: readonly Prompt[] = [hidden('Password: ')];

/** The three questions that OpenSSH users know from PAM's change of an expired password. */
export const CHANGE_PROMPTS: readonly Prompt[] = [hidden('Current password: '), hidden('New password: '), hidden('Retype new password: ')];

export const CHANGE_INSTRUCTION = 'You must change your password before you can go on.';

/** A step that asks for more; what is not given says nothing. */
export function nextStep(given: Partial<NextStep> & Pick<NextStep, 'methods' | 'continuation'>): NextStep {
  return { acceptableKeys: [], prompts: [], instruction: '', partialSuccess: false, proofFailed: false, ...given };
}
