import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { AssetsModule } from '../assets/index.js';
import { runsJob } from '../../platform/index.js';
import { ComponentsModule } from '../components/index.js';
import { AskConnectivityTest } from './ask-connectivity-test.service.js';
import { CheckHostKey } from './check-host-key.service.js';
import { ClaimConnectivityTest } from './claim-connectivity-test.service.js';
import { ReportConnectivityTest } from './report-connectivity-test.service.js';
import { TaskTimeouts } from './task-timeouts.js';
import { TaskController } from './task.controller.js';
import { TaskRepository } from './task.repository.js';
import { TaskRpc } from './task.rpc.js';

@Module({
  imports: [AccountsModule, AssetsModule, ComponentsModule],
  controllers: [TaskController],
  providers: [
    TaskRepository,
    AskConnectivityTest,
    ClaimConnectivityTest,
    CheckHostKey,
    ReportConnectivityTest,
    TaskTimeouts,
    runsJob(TaskTimeouts),
    TaskRpc,
  ],
})
export class TasksModule {}
