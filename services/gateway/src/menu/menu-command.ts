/** What a line typed at the menu means. */
export type MenuCommand =
  | { kind: 'help' | 'quit' | 'next' | 'previous' | 'show' }
  | { kind: 'search'; text: string }
  /** A row's number as shown. */
  | { kind: 'row'; number: number }
  /** A name, an address, or part of one. */
  | { kind: 'name'; text: string };

const WORDS: Readonly<Record<string, MenuCommand>> = {
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

/** Reads a line. An asset whose name is one of the words is reached by its number. */
export function readMenuCommand(line: string): MenuCommand {
  const text = line.trim();
  const word = WORDS[text.toLowerCase()];
  if (word) return word;
  if (text.startsWith('/')) return { kind: 'search', text: text.slice(1).trim() };
  if (/^\d{1,6}$/.test(text)) return { kind: 'row', number: Number(text) };
  return { kind: 'name', text };
}

export const HELP = `Type
  a number      to connect to the asset in that row
  a name        or an address, to connect to that asset; a part of one searches
  /text         to search in names and addresses; / alone shows all again
  n, p          for the next and the previous page
  Enter         to show the list again
  h             for this help
  q             to leave
`;
