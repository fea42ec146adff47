/** A command of the menu. */
export type MenuCommand =
  | { kind: 'help' | 'quit' | 'next' | 'previous' | 'show' }
  | { kind: 'search'; text: string }
  /** The number of a row, as shown. */
  | { kind: 'row'; number: number }
  /** A name, an address, or part of one. */
  | { kind: 'name'; text: string };

const COMMANDS: Readonly<Record<string, MenuCommand>> = {
  '': { kind: 'show' },
  r: { kind: 'show' },
  h: { kind: 'help' },
  '?': { kind: 'help' },
  help: { kind: 'help' },
  n: { kind: 'next' },
  p: { kind: 'previous' },
  b: { kind: 'previous' },
  q: { kind: 'quit' },
  quit: { kind: 'quit' },
  exit: { kind: 'quit' },
};

/** Parses a line. An asset with the name of a command is reached by its number. */
export function readMenuCommand(line: string): MenuCommand {
  const text = line.trim();
  const command = COMMANDS[text.toLowerCase()];
  if (command) return command;
  if (text.startsWith('/')) return { kind: 'search', text: text.slice(1).trim() };
  if (/^\d{1,6}$/.test(text)) return { kind: 'row', number: Number(text) };
  return { kind: 'name', text };
}

export const HELP = `Type
  a number      to connect to the asset in that row
  a name        or an address, to connect to that asset; a part of one searches
  /text         to search in names, addresses and comments; / alone shows all again
  n, p          for the next and the previous page
  Enter         to show the list again
  h             for this help
  q             to leave
`;
