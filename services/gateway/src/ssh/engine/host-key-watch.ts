import { SshReader } from '../wire/index.js';

/**
 * Remembers the key that a server presented. ssh2 asks for a verdict before it has checked the signature, so the verdict here is
 * only "go on": the key is judged after the key exchange, when the server has proven that it holds it, and before any credential
 * leaves. A later key exchange with another key ends the connection.
 */
export class HostKeyWatch {
  private blob: Buffer | undefined;

  accept(blob: Buffer): boolean {
    this.blob ??= Buffer.from(blob);
    return this.blob.equals(blob);
  }

  /** The key, with the type its blob names. */
  get key(): { algorithm: string; blob: Buffer } {
    if (!this.blob) throw new Error('no host key before the key exchange');
    return { algorithm: new SshReader(this.blob).readText(), blob: this.blob };
  }
}
