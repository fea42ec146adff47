import type { RelayTap } from '../relay/tap.js';
import { SftpAudit, type SftpAuditOptions } from './sftp-audit.js';

/** Returns a tap that reports the operations of an SFTP session (draft-ietf-secsh-filexfer-02) and leaves it on the relay's fast path. */
export function auditSftp(options: SftpAuditOptions): RelayTap {
  const audit = new SftpAudit(options);
  return {
    data: (direction, bytes, stream) => {
      if (stream !== 0) return;
      if (direction === 'input') audit.fromClient(bytes);
      else audit.fromServer(bytes);
    },
    closed: () => audit.end(),
  };
}
