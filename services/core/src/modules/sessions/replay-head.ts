import type { ReplayPlan } from './replay-plan.js';

/** Returns status and headers of a replay's answer. A known length is sent, so that a client notices a body that breaks off. */
export function replayHead(sessionId: string, plan: ReplayPlan): { status: number; headers: Record<string, string> } {
  switch (plan.source) {
    case 'bytes':
      return { status: plan.status, headers: { ...named(sessionId, 'spr', 'application/vnd.sallyport.recording'), ...ofBytes(plan) } };
    case 'frames':
      return { status: 200, headers: { ...named(sessionId, 'spr', 'application/vnd.sallyport.recording'), 'accept-ranges': 'none' } };
    case 'asciicast':
      return { status: 200, headers: { ...named(sessionId, 'cast', 'application/x-asciicast'), 'accept-ranges': 'none' } };
    case 'bundle':
      return { status: 200, headers: { ...named(sessionId, 'tar', 'application/x-tar'), 'accept-ranges': 'none' } };
    case 'nothing':
      return { status: plan.status, headers: { 'content-range': `bytes */${plan.size}`, 'cache-control': 'no-store' } };
  }
}

const named = (sessionId: string, extension: string, type: string): Record<string, string> => ({
  'content-type': type,
  'content-disposition': `attachment; filename="${sessionId}.${extension}"`,
  // A recording may hold secrets: no cache on the way keeps it.
  'cache-control': 'no-store',
});

function ofBytes({ status, first, last, size, etag }: Extract<ReplayPlan, { source: 'bytes' }>): Record<string, string> {
  const common = { 'accept-ranges': 'bytes', etag, 'content-length': String(last - first + 1) };
  return status === 206 ? { ...common, 'content-range': `bytes ${first}-${last}/${size}` } : common;
}
