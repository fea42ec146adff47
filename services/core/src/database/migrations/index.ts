import { CreateCore1795500000000 } from './1795500000000-create-core.js';
import { LockNamesBySource1795600000000 } from './1795600000000-lock-names-by-source.js';
import { FindAssetsByParts1795700000000 } from './1795700000000-find-assets-by-parts.js';
import { FindSessionsAndEvents1795800000000 } from './1795800000000-find-sessions-and-events.js';
import { DecidePerAction1795900000000 } from './1795900000000-decide-per-action.js';
import { HostKeysByOrganization1796100000000 } from './1796100000000-host-keys-by-organization.js';
import { EndSignInsWithTheirCredential1796210000000 } from './1796210000000-end-sign-ins-with-their-credential.js';
import { KnownSources1796220000000 } from './1796220000000-known-sources.js';
import { CountSignInFailures1796230000000 } from './1796230000000-count-sign-in-failures.js';
import { RememberNewestAnchor1796250000000 } from './1796250000000-remember-newest-anchor.js';
import { LinkRecordings1796300000000 } from './1796300000000-link-recordings.js';
import { LinkAuditEvents1796400000000 } from './1796400000000-link-audit-events.js';
import { LeaseGateways1796500000000 } from './1796500000000-lease-gateways.js';
import { SayWhySessionsEnded1796510000000 } from './1796510000000-say-why-sessions-ended.js';
import { FindNamesInAnyCase1796600000000 } from './1796600000000-find-names-in-any-case.js';
import { SpellAddressesCanonically1796610000000 } from './1796610000000-spell-addresses-canonically.js';
import { OneUserPerKey1796620000000 } from './1796620000000-one-user-per-key.js';
import { ShowTestedHostKeys1796630000000 } from './1796630000000-show-tested-host-keys.js';

/** Oldest first. */
export const migrations = [
  CreateCore1795500000000,
  LockNamesBySource1795600000000,
  FindAssetsByParts1795700000000,
  FindSessionsAndEvents1795800000000,
  DecidePerAction1795900000000,
  HostKeysByOrganization1796100000000,
  EndSignInsWithTheirCredential1796210000000,
  KnownSources1796220000000,
  CountSignInFailures1796230000000,
  RememberNewestAnchor1796250000000,
  LinkRecordings1796300000000,
  LinkAuditEvents1796400000000,
  LeaseGateways1796500000000,
  SayWhySessionsEnded1796510000000,
  FindNamesInAnyCase1796600000000,
  SpellAddressesCanonically1796610000000,
  OneUserPerKey1796620000000,
  ShowTestedHostKeys1796630000000,
];
