/** Splits the options field of an authorized_keys line: comma-separated, values in double quotes, `\"` for a quote inside one (sshd(8)). */
import { SshKeyError } from '../key-error.js';

/** One option; `name` in lower case, `value` without its quotes. */
export interface RawOption {
  readonly name: string;
  readonly value?: string;
}

/** Returns the length of the options field: up to the first blank outside quotes. Throws SshKeyError if a quote is not closed. */
export const optionsFieldLength = (line: string): number => {
  let isQuoted = false;
  for (let at = 0; at < line.length; at += 1) {
    if (line[at] === '\\' && line[at + 1] === '"') at += 1;
    else if (line[at] === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (line[at] === ' ' || line[at] === '\t')) return at;
  }
  if (isQuoted) throw new SshKeyError('malformed', 'Authorized key has an option whose quote is not closed');
  return line.length;
};

const OPTION = /([A-Za-z0-9-]+)(?:="((?:\\"|[^"])*)")?(,|$)/y;

/** Splits an options field. Throws SshKeyError with the text at which it is malformed. */
export const splitOptions = (field: string): RawOption[] => {
  const options: RawOption[] = [];
  OPTION.lastIndex = 0;
  let end = 0;
  while (end < field.length) {
    const match = OPTION.exec(field);
    if (match === null)
      throw new SshKeyError('malformed', `Authorized key has malformed options from ${JSON.stringify(field.slice(end, end + 40))} on`);
    const [, name = '', value, separator] = match;
    options.push({ name: name.toLowerCase(), ...(value === undefined ? {} : { value: value.replaceAll('\\"', '"') }) });
    end = OPTION.lastIndex;
    if (separator === ',' && end === field.length) throw new SshKeyError('malformed', 'Authorized key has a comma after its last option');
  }
  return options;
};
