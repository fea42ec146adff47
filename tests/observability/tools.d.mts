export function toolFolder(): string;
export function toolPath(name: 'prometheus' | 'promtool'): string;
