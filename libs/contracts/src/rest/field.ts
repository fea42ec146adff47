import { z } from 'zod';
import { text } from './text.js';

/** An id: UUID in lower case. */
export const Id = z.uuid('must be a UUID').toLowerCase().describe('UUID');

/** A time, ISO 8601 with offset. */
export const DateTime = z.iso.datetime({ offset: true, message: 'must be a time like 2026-03-01T10:00:00Z' });

/** Display name of a row. */
export const Name = text('name', 128, z.string().trim()).min(1, 'must not be empty');

/** Free text beside a row. */
export const Comment = text('comment', 1024).describe('Free text');

/** `true` or `false` in a query. */
export const QueryFlag = z.enum(['true', 'false']).transform((text) => text === 'true');
