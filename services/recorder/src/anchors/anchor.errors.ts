import { AppError } from '@sallyport/errors';

/** Another anchor has this number. */
export class AnchorExists extends AppError {
  readonly code = 'ANCHOR_EXISTS';
  readonly kind = 'conflict';
  constructor(number: bigint, name: string) {
    super(`Anchor ${number} of the audit chain is stored already, as "${name}": an anchor is never replaced`, { name });
  }
}

/** The bytes can't be an anchor. */
export class AnchorInvalid extends AppError {
  readonly code = 'ANCHOR_INVALID';
  readonly kind = 'invalid';
}

/** The recorder keeps nothing, so it keeps no anchor either. */
export class AnchorsNotKept extends AppError {
  readonly code = 'ANCHORS_NOT_KEPT';
  readonly kind = 'unavailable';
  constructor() {
    super('This recorder keeps nothing (RECORDER_STORE=null), so no anchor of the audit chain either');
  }
}
