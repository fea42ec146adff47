/** What separates commands of one line. A backquote begins or ends a command substitution. */
const SEPARATORS = ';&|()`\n';

/**
 * The simple commands of a shell command line, each as its words without quotes; also those in `$(…)`, backquotes and process
 * substitutions. Redirections and their targets are left out. An approximation of POSIX sh §2 that rather finds too many commands.
 */
export function simpleCommands(line: string): string[][] {
  return new CommandLine(line).read();
}

class CommandLine {
  private readonly commands: string[][] = [];
  private words: string[] = [];
  private word: string | undefined;
  /** The next word is where a redirection goes. */
  private isTarget = false;
  private at = 0;

  constructor(private readonly line: string) {}

  read(): string[][] {
    while (this.at < this.line.length) this.step(this.line[this.at] ?? '');
    this.endCommand();
    return this.commands;
  }

  private step(char: string): void {
    this.at += 1;
    if (char === '\\') this.add(this.escaped());
    else if (char === "'") this.add(this.until("'"));
    else if (char === '"') this.doubleQuoted();
    else if (char === '<' || char === '>') this.redirection();
    else if (char === '&' && this.line[this.at] === '>') this.endWord();
    else if (SEPARATORS.includes(char)) this.endCommand();
    else if (/\s/.test(char)) this.endWord();
    else if (char === '#' && this.word === undefined) this.until('\n');
    else this.add(char);
  }

  private add(text: string): void {
    this.word = (this.word ?? '') + text;
  }

  private escaped(): string {
    const char = this.line[this.at] ?? '';
    this.at += 1;
    return char === '\n' ? '' : char;
  }

  private until(end: string): string {
    const from = this.at;
    const found = this.line.indexOf(end, from);
    this.at = found < 0 ? this.line.length : found + 1;
    return this.line.slice(from, found < 0 ? undefined : found);
  }

  private doubleQuoted(): void {
    const [content = ''] = /^(?:\\[^]|[^"\\])*/.exec(this.line.slice(this.at)) ?? [];
    this.at += content.length + 1;
    const substitution = /\$\(|`/.exec(content);
    if (substitution) this.commands.push(...simpleCommands(content.slice(substitution.index + substitution[0].length)));
    this.add(content.replace(/\\([$`"\\\n])/g, '$1'));
  }

  private redirection(): void {
    if (this.word !== undefined && /^\d+$/.test(this.word)) this.word = undefined;
    this.endWord();
    while ('<>&|-'.includes(this.line[this.at] ?? ' ')) this.at += 1;
    this.isTarget = this.line[this.at] !== '(';
  }

  private endWord(): void {
    if (this.word === undefined) return;
    if (!this.isTarget) this.words.push(this.word);
    this.isTarget = false;
    this.word = undefined;
  }

  private endCommand(): void {
    this.endWord();
    this.isTarget = false;
    if (this.words.length > 0) this.commands.push(this.words);
    this.words = [];
  }
}
