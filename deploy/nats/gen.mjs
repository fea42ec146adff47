// Writes the permissions of a NATS server from the table of libs/bus. Needs a build; CI fails on a difference.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { authorizationConf } from '../../libs/bus/dist/index.js';

const HEAD = `# Generated from libs/bus/src/permissions.ts by "npm run gen". Include it in the configuration of every NATS server.
# A user is a DNS name of the client's certificate (tls { verify_and_map: true }); there are no passwords.
`;

writeFileSync(path.join(import.meta.dirname, 'permissions.conf'), HEAD + authorizationConf());
