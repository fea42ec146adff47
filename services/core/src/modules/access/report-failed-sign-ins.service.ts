import { Injectable } from '@nestjs/common';
import type { FailedSignIn } from '@sallyport/proto-gen/access/v1/authenticate';
import { printableLine, type OrgCtx } from '@sallyport/context';
import { SignInFailures } from '../authentication/index.js';
import { attemptOf } from './attempt.js';
import { typedText } from './typed-text.js';

/** A connection's report as it was checked. */
type Failure = Pick<FailedSignIn, 'username' | 'client' | 'methods' | 'keysOffered' | 'fingerprints' | 'reason' | 'detail'>;

const DETAIL_CHARS = 200;

/** Audits connections that ended without a sign-in, as gateways report them. */
@Injectable()
export class ReportFailedSignIns {
  constructor(private readonly failures: SignInFailures) {}

  /** Counts one failure per connection, and those that the gateway left out as one event. */
  async report(ctx: OrgCtx, gateway: string, failures: readonly Failure[], omitted: number): Promise<void> {
    for (const failure of failures) await this.count(ctx, gateway, failure);
    if (omitted > 0) await this.failures.countOmitted(ctx, { gateway, omitted });
  }

  private async count(ctx: OrgCtx, gateway: string, failure: Failure): Promise<void> {
    const { username, sourceIp } = attemptOf(failure.username, failure.client);
    const facts = {
      via: 'ssh',
      gateway,
      software: typedText(failure.client?.software ?? ''),
      methods: failure.methods,
      keys_offered: failure.keysOffered,
      fingerprints: failure.fingerprints,
      detail: printableLine(failure.detail, DETAIL_CHARS),
    };
    await this.failures.count(ctx, { type: 'user.sign-in-failed', username, sourceIp, reason: failure.reason, facts });
  }
}
