interface HereDocument {
  readonly delimiter: string;
  readonly isIndented: boolean;
}

type Quote = "'" | '"' | '`';

/** Keywords that open a compound command, each with the keyword that closes it. */
const CLOSERS: Readonly<Record<string, string>> = { if: 'fi', case: 'esac', do: 'done', '{': '}' };
const OPENS_LOOP = new Set(['for', 'while', 'until', 'select']);
/** Keywords after which a command may begin. */
const BEFORE_COMMAND = new Set(['then', 'else', 'elif', 'do', 'if', 'while', 'until', '{', '!', 'time']);
const HERE_DOCUMENT = /^<<(-?)[ \t]*(?:'([^']*)'|"([^"]*)"|\\?([^\s;&|<>()'"]+))/;

/**
 * Follows the lines of a shell to decide if a command is still open: a quote, a here-document, a loop, a trailing operator.
 * An approximation of POSIX sh §2: it only decides which lines are shown together, and a real prompt overrules it.
 */
export class ShellSyntax {
  private quote: Quote | undefined;
  private readonly expected: string[] = [];
  private readonly hereDocuments: HereDocument[] = [];
  private isBodyOpen = false;
  private isContinued = false;
  private isCommandNext = true;

  /** Returns true if the next line belongs to the same command. */
  get isOpen(): boolean {
    return this.quote !== undefined || this.expected.length > 0 || this.isBodyOpen || this.isContinued;
  }

  addLine(line: string): void {
    if (this.isBodyOpen) this.addBodyLine(line);
    else this.scan(line);
    this.isBodyOpen = this.hereDocuments.length > 0;
  }

  private addBodyLine(line: string): void {
    const document = this.hereDocuments[0];
    const text = document?.isIndented ? line.replace(/^\t+/, '') : line;
    if (text === document?.delimiter) this.hereDocuments.shift();
  }

  private scan(line: string): void {
    if (!this.isContinued || this.quote !== undefined) this.isCommandNext = this.quote === undefined;
    this.isContinued = false;
    for (let at = 0; at < line.length; ) at = this.quote === undefined ? this.step(line, at) : this.quoted(line, at);
    if (this.quote === undefined && /(?:\||&&)\s*$/.test(line)) this.isContinued = true;
  }

  private quoted(line: string, at: number): number {
    if (line[at] === '\\' && this.quote !== "'") return at + 2;
    if (line[at] === this.quote) this.quote = undefined;
    return at + 1;
  }

  private step(line: string, at: number): number {
    const char = line[at] ?? '';
    if (char === '\\') {
      if (at === line.length - 1) this.isContinued = true;
      this.isCommandNext = false;
      return at + 2;
    }
    if (char === "'" || char === '"' || char === '`') {
      this.quote = char;
      this.isCommandNext = false;
      return at + 1;
    }
    if (char === '#' && (at === 0 || /\s/.test(line[at - 1] ?? ''))) return line.length;
    if (char === '<') return this.redirection(line, at);
    if (char === '(' || char === ')') return this.bracket(char, at);
    if (';&|'.includes(char)) {
      this.isCommandNext = true;
      return at + 1;
    }
    return /\s/.test(char) ? at + 1 : this.token(line, at);
  }

  private redirection(line: string, at: number): number {
    if (line.startsWith('<<<', at)) return at + 3;
    const match = HERE_DOCUMENT.exec(line.slice(at));
    // Two open parentheses: most likely arithmetic, `$((1 << 2))`.
    if (!match || (this.expected.at(-1) === ')' && this.expected.at(-2) === ')')) return at + 1;
    this.hereDocuments.push({ delimiter: match[2] ?? match[3] ?? match[4] ?? '', isIndented: match[1] === '-' });
    return at + match[0].length;
  }

  private bracket(char: string, at: number): number {
    if (char === '(') this.expected.push(')');
    else if (this.expected.at(-1) === ')') this.expected.pop();
    this.isCommandNext = true;
    return at + 1;
  }

  private token(line: string, at: number): number {
    let end = at;
    while (end < line.length && !/[\s;&|()<>'"`\\]/.test(line[end] ?? '')) end += 1;
    if (end === at) return at + 1;
    this.keyword(line.slice(at, end));
    return end;
  }

  private keyword(keyword: string): void {
    if (this.expected.at(-1) === keyword) {
      this.expected.pop();
      this.isCommandNext = false;
    } else if (this.isCommandNext && CLOSERS[keyword] !== undefined) {
      if (keyword === 'do' && this.expected.at(-1) === 'done') return;
      this.expected.push(CLOSERS[keyword]);
      this.isCommandNext = BEFORE_COMMAND.has(keyword);
    } else if (this.isCommandNext && OPENS_LOOP.has(keyword)) {
      this.expected.push('done');
      this.isCommandNext = BEFORE_COMMAND.has(keyword);
    } else {
      this.isCommandNext = this.isCommandNext && BEFORE_COMMAND.has(keyword);
    }
  }
}

/** Groups lines that were sent at once (a paste) into commands: one per line, lines of one command together. */
export function splitCommands(text: string): string[] {
  const commands: string[] = [];
  let lines: string[] = [];
  let syntax = new ShellSyntax();
  for (const line of text.split('\n')) {
    lines.push(line);
    syntax.addLine(line);
    if (syntax.isOpen) continue;
    commands.push(lines.join('\n'));
    lines = [];
    syntax = new ShellSyntax();
  }
  if (lines.length > 0) commands.push(lines.join('\n'));
  return commands.filter((command) => command.trim() !== '');
}
