import { AppError } from '@sallyport/errors';
import { fetchPrograms } from '@sallyport/backing';

// Run by the bootstrap before tests: downloads whatever they start that is not in the cache yet.
await fetchPrograms((line) => console.log(`          ${line}`)).catch((error: unknown) => {
  console.error(error instanceof AppError ? error.message : error);
  process.exit(1);
});
