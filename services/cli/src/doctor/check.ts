import type { ServiceName } from '@sallyport/config';
import type { Installation, Settings } from './installation.js';

/** A result of a check. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'fault';
  /** The fact, in one sentence. */
  readonly what: string;
  /** The remedy, in one sentence; absent if nothing is to be done. */
  readonly fix?: string;
}

/** One examination of an installation. */
export interface Check<Name extends ServiceName = ServiceName> {
  /** Heading that its findings stand under. */
  readonly group: string;
  readonly name: string;
  /** Services whose settings it reads. It is left out if one of them was not given, or has wrong settings. */
  readonly needs: readonly Name[];
  /** The remedy if it can’t be carried out. */
  readonly remedy: string;
  /** Returns its findings; none if it does not apply. A rejection and a late answer become a fault. */
  run(installation: Installation & { readonly settings: Pick<Settings, Name> }): Promise<readonly Finding[]>;
}

export const ok = (what: string): Finding => ({ level: 'ok', what });
export const warning = (what: string, fix: string): Finding => ({ level: 'warning', what, fix });
export const fault = (what: string, fix: string): Finding => ({ level: 'fault', what, fix });
