/** Leaked passwords in lower case, each with its place in the list: 1 is the most frequent. */
export type LeakedPasswords = ReadonlyMap<string, number>;

let list: Promise<LeakedPasswords> | undefined;

/**
 * Returns the list of leaked passwords that new ones are compared with (NIST SP 800-63B §3.1.1.2): the 49,233 most frequent ones, from
 * @zxcvbn-ts/language-common. It is loaded at the first use, in about 0.1 s.
 */
export function leakedPasswords(): Promise<LeakedPasswords> {
  list ??= load();
  return list;
}

async function load(): Promise<LeakedPasswords> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  const passwords = dictionary['passwords-common'];
  return new Map(passwords.map((password, index) => [password, index + 1]));
}
