import { isIPv4 } from 'node:net';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';

/**
 * Writes `certificate.pem` and `key.pem` into the folder, for `host` and no other, which is a name or an IPv4 address:
 * self-signed, or signed by an authority whose certificate is `ca.pem`. It takes `openssl`.
 */
export const writeCertificate = async (
  kind: 'self-signed' | 'own-ca',
  host: string,
  folder: string,
  env: Record<string, string | undefined> = process.env,
): Promise<void> => {
  const file = (name: string) => join(folder, name);
  const make = (name: string, key: string, certificate: string, ...more: string[]) =>
    runCommand(
      'openssl',
      [
        ...[
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:prime256v1',
          '-nodes',
          '-days',
          '2',
        ],
        ...['-subj', `/CN=${name}`, '-keyout', file(key), '-out', file(certificate), ...more],
      ],
      { env, timeoutMs: 10_000 },
    );
  const forHost = ['-addext', `subjectAltName=${isIPv4(host) ? 'IP' : 'DNS'}:${host}`];
  if (kind === 'own-ca') {
    await make('The authority of a test', 'ca-key.pem', 'ca.pem');
    const byAuthority = ['-CA', file('ca.pem'), '-CAkey', file('ca-key.pem')];
    forHost.push('-addext', 'basicConstraints=critical,CA:FALSE', ...byAuthority);
  }
  await make(host, 'key.pem', 'certificate.pem', ...forHost);
};
