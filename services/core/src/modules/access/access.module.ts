import { Module } from '@nestjs/common';
import type { Clock } from '@sallyport/context';
import type { Sealer } from '@sallyport/crypto';
import { CLOCK, SEALER } from '../../platform/index.js';
import { AccountsModule } from '../accounts/index.js';
import { AssetsModule } from '../assets/index.js';
import { AuthenticationModule } from '../authentication/index.js';
import { ComponentsModule } from '../components/index.js';
import { PermsModule } from '../perms/index.js';
import { SessionsModule } from '../sessions/index.js';
import { UsersModule } from '../users/index.js';
import { AccessRpc } from './access.rpc.js';
import { Authenticate } from './authenticate.service.js';
import { ChangePasswordStep } from './change-password.step.js';
import { CheckSignIns } from './check-sign-ins.service.js';
import { JudgeHeldSessions } from './judge-held-sessions.service.js';
import { OpenSession } from './open-session.service.js';
import { RenewLeases } from './renew-leases.service.js';
import { ReportHostKey } from './report-host-key.service.js';
import { ReportFailedSignIns } from './report-failed-sign-ins.service.js';
import { SEALED_TOKENS, sealedTokens } from './sealed-token.js';
import { VerifySignIn } from './verify-sign-in.service.js';

@Module({
  imports: [AccountsModule, AssetsModule, AuthenticationModule, ComponentsModule, PermsModule, SessionsModule, UsersModule],
  providers: [
    { provide: SEALED_TOKENS, inject: [SEALER, CLOCK], useFactory: (sealer: Sealer, clock: Clock) => sealedTokens(sealer, clock) },
    Authenticate,
    ChangePasswordStep,
    VerifySignIn,
    OpenSession,
    ReportHostKey,
    JudgeHeldSessions,
    RenewLeases,
    CheckSignIns,
    ReportFailedSignIns,
    AccessRpc,
  ],
})
export class AccessModule {}
