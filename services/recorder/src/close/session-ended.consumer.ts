import { type Bus, type Consuming, sessionEnded } from '@sallyport/bus';
import { closeEndedSession, type EndedSessionParts } from './close-ended-session.js';

/** Events under way at once. */
const CONCURRENCY = 4;

/** Consumes sallyport.session.ended.v1; all recorders share the work. An event is tried until its session is closed. */
export const consumeSessionEnded = (bus: Pick<Bus, 'consume'>, parts: EndedSessionParts): Consuming =>
  bus.consume({
    event: sessionEnded,
    durable: 'recorder-session-ended',
    batchSize: 1,
    concurrency: CONCURRENCY,
    maxDeliveries: 0,
    handle: async (batch) => {
      for (const { message } of batch) await closeEndedSession(parts, message);
    },
  });
