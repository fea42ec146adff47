import { Global, Module } from '@nestjs/common';
import { OutboxMetrics } from './outbox-metrics.js';
import { OutboxPublisher } from './outbox-publisher.js';
import { OutboxRelay } from './outbox-relay.js';
import { Outbox } from './outbox.js';
import { OutboxRepository } from './outbox.repository.js';

/** Global: whoever changes something may have a fact to publish. */
@Global()
@Module({ providers: [OutboxRepository, OutboxMetrics, OutboxPublisher, OutboxRelay, Outbox], exports: [Outbox] })
export class OutboxModule {}
