import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { OrgCtx } from '@sallyport/context';
import { AccessServiceService } from '@sallyport/proto-gen/access/v1/access_service';
import type {
  AuthenticateRequest,
  AuthenticateResponse,
  ReportFailedSignInsRequest,
  ReportFailedSignInsResponse,
} from '@sallyport/proto-gen/access/v1/authenticate';
import type { RenewLeasesRequest, RenewLeasesResponse } from '@sallyport/proto-gen/access/v1/lease';
import type {
  CloseSessionRequest,
  CloseSessionResponse,
  OpenSessionRequest,
  OpenSessionResponse,
  ReportHostKeyRequest,
  ReportHostKeyResponse,
} from '@sallyport/proto-gen/access/v1/session';
import type { CheckSignInsRequest, CheckSignInsResponse } from '@sallyport/proto-gen/access/v1/sign_in';
import type { ListGrantedRequest, ListGrantedResponse } from '@sallyport/proto-gen/access/v1/target';
import { callCtx, CoreRpcServer, parseRequest, RequestOutOfBounds, verdictToPb } from '../../rpc/index.js';
import { Grants } from '../perms/index.js';
import { CloseSession, endReasonFromPb, SESSION_SETTINGS, type SessionSettings } from '../sessions/index.js';
import { schema } from './access.schema.js';
import { SignInNotValid } from './access.errors.js';
import { decisionToPb, grantedAssetToPb } from './access.wire.js';
import { Authenticate } from './authenticate.service.js';
import { CheckSignIns } from './check-sign-ins.service.js';
import { OpenSession } from './open-session.service.js';
import { RenewLeases } from './renew-leases.service.js';
import { ReportHostKey } from './report-host-key.service.js';
import { ReportFailedSignIns } from './report-failed-sign-ins.service.js';
import { VerifySignIn } from './verify-sign-in.service.js';
import { typedText } from './typed-text.js';

/** Serves the gateways. */
@Injectable()
export class AccessRpc implements OnModuleInit {
  constructor(
    private readonly server: CoreRpcServer,
    private readonly authentication: Authenticate,
    private readonly verification: VerifySignIn,
    private readonly grants: Grants,
    private readonly opening: OpenSession,
    private readonly hostKeys: ReportHostKey,
    private readonly leases: RenewLeases,
    private readonly signIns: CheckSignIns,
    private readonly closing: CloseSession,
    private readonly failedSignIns: ReportFailedSignIns,
    @Inject(SESSION_SETTINGS) private readonly settings: SessionSettings,
  ) {}

  onModuleInit(): void {
    const handlers = {
      authenticate: (call, request) => this.authenticate(callCtx(call), request),
      reportFailedSignIns: (call, request) => this.reportFailedSignIns(callCtx(call), request),
      listGranted: (call, request) => this.listGranted(callCtx(call), request),
      openSession: (call, request) => this.openSession(callCtx(call), request),
      reportHostKey: (call, request) => this.reportHostKey(callCtx(call), request),
      renewLeases: (call, request) => this.renewLeases(callCtx(call), request),
      checkSignIns: (call, request) => this.checkSignIns(callCtx(call), request),
      closeSession: (call, request) => this.closeSession(callCtx(call), request),
    } satisfies Parameters<typeof this.server.add<AccessServiceService>>[1];
    this.server.add(AccessServiceService, handlers, { allow: ['gateway'] });
  }

  private async authenticate(ctx: OrgCtx, request: AuthenticateRequest): Promise<AuthenticateResponse> {
    parseRequest(schema.authenticate, request);
    return this.authentication.step(ctx, request);
  }

  private async reportFailedSignIns(ctx: OrgCtx, request: ReportFailedSignInsRequest): Promise<ReportFailedSignInsResponse> {
    const { gatewayId, failures, omitted } = parseRequest(schema.reportFailedSignIns, request);
    await this.failedSignIns.report(ctx, gatewayId, failures, omitted);
    return {};
  }

  private async listGranted(ctx: OrgCtx, request: ListGrantedRequest): Promise<ListGrantedResponse> {
    const { identityToken, search, limit, offset } = parseRequest(schema.listGranted, request);
    const verified = await this.verification.verify(ctx, identityToken);
    if (!verified.isValid) throw new SignInNotValid(verified.refusal.message, { refusal: verified.refusal.code });
    const { count, assets } = await this.grants.findGranted(ctx, verified.actor.user.id, { search: typedText(search), limit, offset });
    return { count, assets: assets.map(grantedAssetToPb) };
  }

  private async openSession(ctx: OrgCtx, request: OpenSessionRequest): Promise<OpenSessionResponse> {
    const { identityToken, client, sessionId, target } = parseRequest(schema.openSession, request);
    const typed = { asset: typedText(target.asset), account: typedText(target.account) };
    const input = { sessionId, target: typed, software: typedText(client.software) };
    const claims = this.verification.read(identityToken, client);
    const direct = claims && (await this.opening.openDirectly(ctx, claims, input));
    if (direct) return decisionToPb(direct, this.settings.leaseSeconds);
    const verified = await this.verification.verify(ctx, identityToken, client);
    if (verified.isValid) return decisionToPb(await this.opening.open(ctx, verified.actor, input), this.settings.leaseSeconds);
    if (verified.revoked) await this.opening.auditRevoked(ctx, verified.revoked, input);
    return { decision: { $case: 'refused', value: verified.refusal } };
  }

  private async reportHostKey(ctx: OrgCtx, request: ReportHostKeyRequest): Promise<ReportHostKeyResponse> {
    const { sessionId, hostKey } = parseRequest(schema.reportHostKey, request);
    return { verdict: verdictToPb(await this.hostKeys.judge(ctx, sessionId, hostKey.blob)) };
  }

  private async renewLeases(ctx: OrgCtx, request: RenewLeasesRequest): Promise<RenewLeasesResponse> {
    return this.leases.renew(ctx, parseRequest(schema.renewLeases, request));
  }

  private async checkSignIns(ctx: OrgCtx, request: CheckSignInsRequest): Promise<CheckSignInsResponse> {
    const { gatewayId, uses } = parseRequest(schema.checkSignIns, request);
    return { revoked: await this.signIns.revoked(ctx, gatewayId, uses) };
  }

  private async closeSession(ctx: OrgCtx, request: CloseSessionRequest): Promise<CloseSessionResponse> {
    const { sessionId, detail, lastSeq, link, endedAt } = parseRequest(schema.closeSession, request);
    const reason = endReasonFromPb(request.reason);
    if (!reason) throw new RequestOutOfBounds(`A gateway can't end a session for the reason ${request.reason}`);
    await this.closing.close(ctx, { sessionId, reason, detail, recording: { lastSeq, link: link.toString('hex') }, endedAt });
    return {};
  }
}
