/** Characters that separate the commands of a line. A backquote begins or ends a command substitution. */
const SEPARATORS = ';&|()`\n';

/**
 * Returns the simple commands of a shell command line, each as its arguments without quotes; also those in `$(…)`, backquotes and process
 * substitutions. Redirections and their targets are left out. An approximation of POSIX sh §2 that prefers to find too many commands.
 */
export function simpleCommands(line: string): string[][] {
  return new CommandLine(line).read();
}

class CommandLine {
  private readonly commands: string[][] = [];
  private tokens: string[] = [];
  private token: string | undefined;
  /** True if the next shell token is the target of a redirection. */
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
    else if (char === '&' && this.line[this.at] === '>') this.endToken();
    else if (SEPARATORS.includes(char)) this.endCommand();
    else if (/\s/.test(char)) this.endToken();
    else if (char === '#' && this.token === undefined) this.until('\n');
    else this.add(char);
  }

  private add(text: string): void {
    this.token = (this.token ?? '') + text;
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
    if (this.token !== undefined && /^\d+$/.test(this.token)) this.token = undefined;
    this.endToken();
    while ('<>&|-'.includes(this.line[this.at] ?? ' ')) this.at += 1;
    this.isTarget = this.line[this.at] !== '(';
  }

  private endToken(): void {
    if (this.token === undefined) return;
    if (!this.isTarget) this.tokens.push(this.token);
    this.isTarget = false;
    this.token = undefined;
  }

  private endCommand(): void {
    this.endToken();
    this.isTarget = false;
    if (this.tokens.length > 0) this.commands.push(this.tokens);
    this.tokens = [];
  }
}
