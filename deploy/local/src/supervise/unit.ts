import type { RunningPart } from '@sallyport/backing';

/** A process that is started, watched and started again. */
export interface Unit {
  readonly name: string;
  readonly kind: 'service' | 'backing';
  /** Starts it and waits until it answers; on the same ports and data each time. */
  start(): Promise<RunningPart>;
}
