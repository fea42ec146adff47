import { AuthMethod, type NextStep, type Prompt } from '@sallyport/proto-gen/access/v1/authenticate';

/** Methods that every user is offered, so that the list does not reveal which users exist. */
const FIRST_METHODS = [AuthMethod.PUBLICKEY, AuthMethod.PASSWORD, AuthMethod.KEYBOARD_INTERACTIVE];

const hidden = (text: string): Prompt => ({ text, echo: false });

const PASSWORD_PROMPTS = [hidden('Password: ')];

/** The three questions that OpenSSH users know from PAM's change of an expired password. */
const CHANGE_PROMPTS = [hidden('Current password: '), hidden('New password: '), hidden('Retype new password: ')];

const CHANGE_INSTRUCTION = 'You must change your password before you can go on.';

/** The next step for the client, without its continuation. */
export type Step = Omit<NextStep, 'continuation'>;

const NOTHING: Step = {
  methods: FIRST_METHODS,
  acceptableKeys: [],
  prompts: [],
  instruction: '',
  partialSuccess: false,
  proofFailed: false,
};

/** Returns the first step of a sign-in. */
export const askForProof = (acceptableKeys: string[]): Step => ({ ...NOTHING, acceptableKeys });

/** Returns the step after a wrong proof: the client may try again. */
export const proofFailed = (acceptableKeys: string[]): Step => ({ ...NOTHING, acceptableKeys, proofFailed: true });

export const askForPassword = (): Step => ({ ...NOTHING, methods: [AuthMethod.KEYBOARD_INTERACTIVE], prompts: PASSWORD_PROMPTS });

/** Returns the step after a right password or key when keyboard-interactive has to follow (RFC 4252 §5.1). */
export const changeNeeded = (): Step => ({
  ...NOTHING,
  methods: [AuthMethod.KEYBOARD_INTERACTIVE],
  partialSuccess: true,
  instruction: CHANGE_INSTRUCTION,
});

/** Asks for the change; `problem` says what was wrong with the last answers. */
export const askForChange = (problem?: string): Step => ({
  ...NOTHING,
  methods: [AuthMethod.KEYBOARD_INTERACTIVE],
  prompts: CHANGE_PROMPTS,
  instruction: problem === undefined ? CHANGE_INSTRUCTION : `${problem}\n${CHANGE_INSTRUCTION}`,
});
