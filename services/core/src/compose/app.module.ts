import { Module, type DynamicModule } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { BusModule } from '../bus/index.js';
import { DatabaseModule } from '../database/index.js';
import { HttpModule } from '../http/index.js';
import { AccessModule } from '../modules/access/index.js';
import { AccountsModule } from '../modules/accounts/index.js';
import { AssetsModule } from '../modules/assets/index.js';
import { AuditAnchorsModule, AuditsModule } from '../modules/audits/index.js';
import { AuthenticationModule } from '../modules/authentication/index.js';
import { CommandsModule } from '../modules/commands/index.js';
import { ComponentsModule } from '../modules/components/index.js';
import { OutboxModule } from '../modules/outbox/index.js';
import { PermsModule } from '../modules/perms/index.js';
import { SessionsModule } from '../modules/sessions/index.js';
import { TasksModule } from '../modules/tasks/index.js';
import { UsersModule } from '../modules/users/index.js';
import { PlatformModule, type PlatformParts } from '../platform/index.js';
import { ResourceModule } from '../resource/index.js';
import { RpcModule } from '../rpc/index.js';

/** Modules that need nothing but the database. */
const RECORDS = [ResourceModule, AuditsModule, UsersModule, AuthenticationModule, AssetsModule, AccountsModule, PermsModule];

/** Modules that serve. */
const SERVING = [
  RpcModule,
  BusModule,
  OutboxModule,
  HttpModule,
  AuditAnchorsModule,
  AccessModule,
  SessionsModule,
  CommandsModule,
  ComponentsModule,
  TasksModule,
];

@Module({})
export class AppModule {
  /** Returns all of core. */
  static serving(parts: PlatformParts, dataSource: DataSource): DynamicModule {
    return { module: AppModule, imports: [PlatformModule.with(parts), DatabaseModule.with(dataSource), ...RECORDS, ...SERVING] };
  }

  /** Returns the part that a console command needs: it opens no port and calls no peer. */
  static records(parts: PlatformParts, dataSource: DataSource): DynamicModule {
    return { module: AppModule, imports: [PlatformModule.with(parts), DatabaseModule.with(dataSource), ...RECORDS] };
  }
}
