import { Global, Module } from '@nestjs/common';
import { OutboxAlarm } from './outbox-alarm.js';
import { OutboxMetrics } from './outbox-metrics.js';
import { OutboxPublisher } from './outbox-publisher.js';
import { OutboxRelay } from './outbox-relay.js';
import { Outbox } from './outbox.js';
import { OutboxRepository } from './outbox.repository.js';

/** Global: every module that changes rows may publish facts. */
@Global()
@Module({ providers: [OutboxRepository, OutboxAlarm, OutboxMetrics, OutboxPublisher, OutboxRelay, Outbox], exports: [Outbox] })
export class OutboxModule {}
