import type { experimental } from '@grpc/grpc-js';
import { systemClock, type Timer } from '@sallyport/context';
import type { MeshIdentityFiles } from '@sallyport/config';

type Listener<T> = (update: T | null) => void;
type CaListener = Listener<experimental.CaCertificateUpdate>;
type IdentityListener = Listener<experimental.IdentityCertificateUpdate>;

/** Hands certificate files to grpc-js, and again whenever they were renewed. They are read only while a server or channel listens. */
export class RenewedCertificates implements experimental.CertificateProvider {
  private readonly caListeners = new Set<CaListener>();
  private readonly identityListeners = new Set<IdentityListener>();
  private timer: Timer | undefined;

  constructor(
    private readonly identity: MeshIdentityFiles,
    private readonly refreshMs: number,
    private readonly onRenewed: () => void,
  ) {}

  addCaCertificateListener(listener: CaListener): void {
    this.caListeners.add(listener);
    // Not in this turn: grpc-js adds the one that the listener calls only afterwards.
    process.nextTick(() => this.tellCa(listener));
    this.watch();
  }

  removeCaCertificateListener(listener: CaListener): void {
    this.caListeners.delete(listener);
    this.unwatch();
  }

  addIdentityCertificateListener(listener: IdentityListener): void {
    this.identityListeners.add(listener);
    process.nextTick(() => this.tellIdentity(listener));
    this.watch();
  }

  removeIdentityCertificateListener(listener: IdentityListener): void {
    this.identityListeners.delete(listener);
    this.unwatch();
  }

  private watch(): void {
    this.timer ??= systemClock.interval(this.refreshMs, () => this.refresh());
  }

  private unwatch(): void {
    if (this.caListeners.size + this.identityListeners.size > 0) return;
    this.timer?.cancel();
    this.timer = undefined;
  }

  private refresh(): void {
    if (!this.identity.refresh()) return;
    for (const listener of this.caListeners) this.tellCa(listener);
    for (const listener of this.identityListeners) this.tellIdentity(listener);
    this.onRenewed();
  }

  private tellCa(listener: CaListener): void {
    listener({ caCertificate: this.identity.current.ca });
  }

  private tellIdentity(listener: IdentityListener): void {
    listener({ certificate: this.identity.current.cert, privateKey: this.identity.current.key });
  }
}
