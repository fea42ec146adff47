import { printableLine } from '@sallyport/context';

const MAX_CHARS = 256;

/** Returns a text that a user typed as it may be looked up, stored and shown. */
export const typedText = (text: string): string => printableLine(text, MAX_CHARS);
