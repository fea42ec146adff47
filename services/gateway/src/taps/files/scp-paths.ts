import type { ScpCommand } from './scp-command.js';

const baseOf = (path: string): string => path.replace(/\/+$/, '').split('/').at(-1) ?? '';
const join = (folder: string, name: string): string => (folder.endsWith('/') ? folder + name : `${folder}/${name}`);
const isSurelyFolder = (path: string): boolean => path.endsWith('/') || ['.', '..', '~'].includes(baseOf(path));

/** Computes the paths of files on the asset. The protocol carries only base names and the directories that are entered. */
export class ScpPaths {
  private readonly folders: string[] = [];

  constructor(private readonly command: ScpCommand) {}

  /** Returns the path of `name`; `sourceName` is set if the path may be its directory. */
  pathOf(name: string): { path: string; sourceName?: string } {
    const folder = this.folders.at(-1);
    if (folder !== undefined) return { path: join(folder, name) };
    return this.command.direction === 'upload' ? this.uploadPath(name) : { path: this.downloadPath(name) };
  }

  enter(name: string): void {
    const folder = this.folders.at(-1);
    if (folder !== undefined) this.folders.push(join(folder, name));
    // `scp -r a host:b` creates b, or b/a if b exists. The protocol does not carry which.
    else if (this.command.direction === 'upload') this.folders.push(this.uploadPath(name).path);
    else this.folders.push(this.downloadPath(name));
  }

  leave(): void {
    this.folders.pop();
  }

  private uploadPath(name: string): { path: string; sourceName?: string } {
    const target = this.command.paths[0] ?? '.';
    if (this.command.isFolder || isSurelyFolder(target)) return { path: join(target, name) };
    return baseOf(target) === name ? { path: target } : { path: target, sourceName: name };
  }

  private downloadPath(name: string): string {
    const { paths } = this.command;
    const named = paths.find((path) => baseOf(path) === name);
    if (named !== undefined) return named;
    const pattern = paths.find((path) => /[*?[{]/.test(path)) ?? paths[0] ?? '';
    return pattern.includes('/') ? `${pattern.slice(0, pattern.lastIndexOf('/') + 1)}${name}` : name;
  }
}
