export const REQUIREMENTS: string;
export function toolFolder(): string;
export function toolPath(name: string): string;
