import { Global, Module } from '@nestjs/common';
import { ResourceStore } from './resource-store.js';

/** Global: every module with a resource uses it. */
@Global()
@Module({ providers: [ResourceStore], exports: [ResourceStore] })
export class ResourceModule {}
