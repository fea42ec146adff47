import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import type { Job } from '../../platform/index.js';
import { SignInFailures } from './sign-in-failures.service.js';

/** Writes the audit events that summarize repeated failures. */
@Injectable()
export class SummarizeSignInFailures implements Job {
  readonly name = 'summarize-sign-in-failures';
  readonly everyMs = 15_000;

  constructor(private readonly failures: SignInFailures) {}

  async run(ctx: Ctx): Promise<void> {
    await this.failures.summarize(ctx);
  }
}
