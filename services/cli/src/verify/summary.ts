import type { Manifest } from '@sallyport/recording-format';
import type { PartsCheck } from './check-parts.js';

/** Returns one line about a recording: user, asset, time, size. */
export function summaryOf(manifest: Manifest, parts: PartsCheck | undefined): string {
  const who = parts?.meta && `${parts.meta.username} on ${parts.meta.account}@${parts.meta.asset_name} from ${parts.meta.started_at}, `;
  const size = `${(manifest.duration_us / 1e6).toFixed(1)} s, ${manifest.last_seq} frames, ${manifest.size_bytes} bytes in ${manifest.parts.length} parts`;
  const lost = manifest.state === 'lost' ? '; the gateway was lost, so its last moments may not be in it' : '';
  return `session ${manifest.session_id}: ${who ?? ''}${size}${lost}`;
}
