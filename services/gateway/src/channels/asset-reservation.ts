import type { Session } from '../session/index.js';
import type { SshChannel } from '../ssh/index.js';

/** A session channel that an asset has opened, and the session that it is of. */
export interface OpenedChannel {
  readonly session: Session;
  readonly channel: SshChannel;
}

/**
 * The asset's session channel for one of the client's, which may have started nothing yet. Reservations of a connection are begun in the order of the
 * client's channels: an asset that allows few refuses the last ones.
 */
export class AssetReservation {
  private opening: Promise<OpenedChannel | undefined> | undefined;
  private isOver = false;

  /** `open` resolves to undefined without a session to open a channel on, and rejects if the asset refuses one. */
  constructor(private readonly open: () => Promise<OpenedChannel | undefined>) {}

  /** Asks the asset, unless it was asked before. */
  begin(): Promise<OpenedChannel | undefined> {
    if (this.isOver) return Promise.resolve(undefined);
    this.opening ??= this.open();
    this.opening.catch(() => undefined); // takeFor reports it
    return this.opening;
  }

  /** Returns the channel, once. Resolves to undefined if it is of another session or is closed already. Rejects if the asset refused it. */
  async takeFor(session: Session): Promise<SshChannel | undefined> {
    const opened = await this.begin();
    if (!opened || opened.session !== session || opened.channel.isClosed) return this.drop();
    if (this.isOver) return undefined;
    this.isOver = true;
    return opened.channel;
  }

  /** Closes the channel, also if it opens later, unless it was taken. */
  drop(): undefined {
    if (this.isOver) return;
    this.isOver = true;
    void this.opening?.then(
      (opened) => opened?.channel.close(),
      () => undefined,
    );
  }
}
