import { type Bus, type Consuming, recorderSessionEnded } from '@sallyport/bus';
import { inSpan, sessionTrace, type Metrics } from '@sallyport/telemetry';
import { closeEndedSession, type EndedSessionDeps } from './close-ended-session.js';

/** Events that are handled at once. */
const CONCURRENCY = 4;

/** Consumes sallyport.session.ended.v1; all recorders share the events. An event is retried until its session is closed. */
export const consumeSessionEnded = (bus: Pick<Bus, 'consume'>, deps: EndedSessionDeps, metrics: Metrics): Consuming =>
  bus.consume({
    consumer: recorderSessionEnded,
    batchSize: 1,
    concurrency: CONCURRENCY,
    maxDeliveries: 0,
    metrics,
    handle: async (batch) => {
      for (const { message } of batch)
        await inSpan('close ended session', 'consumer', sessionTrace(message.sessionId), () => closeEndedSession(deps, message));
    },
  });
