import { AppError } from '@sallyport/errors';

export class IndexerUnavailable extends AppError {
  readonly code = 'INDEXER_UNAVAILABLE';
  readonly kind = 'unavailable';
  constructor(cause: unknown) {
    super("The indexer can't be reached, so commands can't be searched now. None are lost: try again in a minute.", {}, { cause });
  }
}
