import { z } from 'zod';

const WHOLE = /^-?\d+$/;
const DECIMAL = /^-?\d+(\.\d+)?$/;

/** Reads a whole number of a query. An empty parameter is refused: Zod's own coercion takes "" as 0. */
export const wholeNumber = (bounds: (number: z.ZodNumber) => z.ZodNumber) => read(WHOLE, bounds(z.number('must be a whole number').int()));

/** Reads a number of a query, with decimals or without. */
export const decimalNumber = (bounds: (number: z.ZodNumber) => z.ZodNumber) => read(DECIMAL, bounds(z.number('must be a number')));

const read = (form: RegExp, number: z.ZodNumber) =>
  z.preprocess((text) => (typeof text === 'string' && form.test(text) ? Number(text) : text), number);
