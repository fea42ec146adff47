export class Engine {
  constructor(command: readonly string[], options?: { readonly isQuiet?: boolean });
  readonly command: readonly string[];
  readonly isPodman: boolean;
  run(...args: string[]): Promise<void>;
  read(...args: string[]): string;
  has(image: string): boolean;
}
export function installedEngine(): Engine;
