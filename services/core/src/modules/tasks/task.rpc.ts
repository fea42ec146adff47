import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  TasksServiceService,
  type CheckHostKeyRequest,
  type CheckHostKeyResponse,
  type ClaimConnectivityTestRequest,
  type ClaimConnectivityTestResponse,
  type HeartbeatRequest,
  type ReportConnectivityTestRequest,
} from '@sallyport/proto-gen/task/v1/tasks';
import type { Ctx } from '@sallyport/context';
import { z } from 'zod';
import { callCtx, CoreRpcServer, credentialToPb, hostKeyToPb, parseRequest, RequestOutOfBounds, verdictToPb } from '../../rpc/index.js';
import { Components } from '../components/index.js';
import { CheckHostKey } from './check-host-key.service.js';
import { ClaimConnectivityTest } from './claim-connectivity-test.service.js';
import { ReportConnectivityTest } from './report-connectivity-test.service.js';
import { outcomeFromPb } from './task.wire.js';

const claimSchema = z.object({ taskId: z.uuid(), workerId: z.string().min(1).max(128) });
const hostKeySchema = z.object({ taskId: z.uuid(), hostKey: z.object({ blob: z.instanceof(Buffer) }) });
const heartbeatSchema = z.object({ workerId: z.string().min(1).max(128) });
const reportSchema = z.object({ taskId: z.uuid(), detail: z.string().max(4096) });

/** Serves the workers. */
@Injectable()
export class TaskRpc implements OnModuleInit {
  constructor(
    private readonly server: CoreRpcServer,
    private readonly claims: ClaimConnectivityTest,
    private readonly hostKeys: CheckHostKey,
    private readonly reports: ReportConnectivityTest,
    private readonly components: Components,
  ) {}

  onModuleInit(): void {
    const handlers = {
      claimConnectivityTest: (call, request) => this.claim(callCtx(call), request),
      checkHostKey: (call, request) => this.checkHostKey(callCtx(call), request),
      reportConnectivityTest: (call, request) => this.report(callCtx(call), request),
      heartbeat: (call, request) => this.heartbeat(callCtx(call), request),
    } satisfies Parameters<typeof this.server.add<TasksServiceService>>[1];
    this.server.add(TasksServiceService, handlers, { allow: ['worker'] });
  }

  private async claim(ctx: Ctx, request: ClaimConnectivityTestRequest): Promise<ClaimConnectivityTestResponse> {
    const { taskId, workerId } = parseRequest(claimSchema, request);
    const test = await this.claims.claim(ctx, taskId, workerId);
    return {
      address: test.address,
      port: test.port,
      credential: credentialToPb(test.credential),
      hostKeys: test.hostKeys.map(hostKeyToPb),
    };
  }

  private async checkHostKey(ctx: Ctx, request: CheckHostKeyRequest): Promise<CheckHostKeyResponse> {
    const { taskId, hostKey } = parseRequest(hostKeySchema, request);
    const { verdict, problem } = await this.hostKeys.check(ctx, taskId, hostKey.blob);
    return { verdict: verdictToPb(verdict), problem };
  }

  private async heartbeat(ctx: Ctx, request: HeartbeatRequest): Promise<Record<string, never>> {
    const { workerId } = parseRequest(heartbeatSchema, request);
    await this.components.recordHeartbeat(ctx, { id: workerId, kind: 'worker', address: '', sessionCount: 0 });
    return {};
  }

  private async report(ctx: Ctx, request: ReportConnectivityTestRequest): Promise<Record<string, never>> {
    const { taskId, detail } = parseRequest(reportSchema, request);
    const outcome = outcomeFromPb(request.outcome);
    if (!outcome) throw new RequestOutOfBounds(`The outcome ${request.outcome} is not known`);
    await this.reports.report(ctx, taskId, { outcome, detail, durationMs: request.durationMs });
    return {};
  }
}
