import { AppError } from '@sallyport/errors';
import { fetchPrograms } from '@sallyport/backing';

// The bootstrap runs this before tests. It downloads every program that they start and that is not in the cache yet.
await fetchPrograms((line) => console.log(`          ${line}`)).catch((error: unknown) => {
  console.error(error instanceof AppError ? error.message : error);
  process.exit(1);
});
