import { sanitizeText } from '../../platform/index.js';

const MAX_CHARS = 256;

/** What a person typed, as it may be looked up, kept and shown. */
export const typedText = (text: string): string => sanitizeText(text, MAX_CHARS);
