/** Returns the commit that an image was built from; "unknown" outside an image. */
export const revision = (): string => process.env['SALLYPORT_REVISION'] ?? 'unknown';
