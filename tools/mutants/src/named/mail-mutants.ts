import type { NamedMutant } from '../named-mutant.ts';

const connection = 'packages/mail/src/smtp-connection.ts';
const settings = 'packages/mail/src/smtp-settings.ts';
const reply = 'packages/mail/src/smtp-reply.ts';
const certificates = ['packages/mail/test/certificates.test.ts'];
const tls = ['packages/mail/test/mail-tls.test.ts'];
const message = ['packages/mail/test/prepare-message.unit.test.ts'];
const replies = ['packages/mail/test/smtp-reply.unit.test.ts'];

export const mailMutants: readonly NamedMutant[] = [
  {
    name: 'any-certificate-by-starttls',
    file: connection,
    from: 'rejectUnauthorized: tls.isVerified,',
    to: 'rejectUnauthorized: tls.isVerified && isImplicitTls,',
    tests: [...certificates, ...tls],
  },
  {
    name: 'certificate-for-any-name',
    file: connection,
    from: 'rejectUnauthorized: tls.isVerified,',
    to: 'rejectUnauthorized: tls.isVerified, checkServerIdentity: () => undefined,',
    tests: certificates,
  },
  {
    name: 'starttls-stripped-unnoticed',
    file: connection,
    from: "requireTLS: tls.use === 'always' && !isImplicitTls",
    to: 'requireTLS: false',
    tests: tls,
  },
  {
    name: 'password-sent-in-clear',
    file: settings,
    from: 'url.auth !== undefined && !isLoopback(url.host)',
    to: 'false',
    tests: ['packages/mail/test/smtp-settings.unit.test.ts'],
  },
  {
    name: 'host-that-begins-like-loopback',
    file: settings,
    from: "(isIPv4(host) && host.startsWith('127.'))",
    to: "host.startsWith('127.')",
    tests: ['packages/mail/test/smtp-settings.unit.test.ts'],
  },
  {
    name: 'any-ipv4-address-is-this-machine',
    file: settings,
    from: "host.startsWith('127.')",
    to: "host !== ''",
    tests: ['packages/mail/test/smtp-edges.unit.test.ts'],
  },
  {
    name: 'missing-login-passed-over',
    file: connection,
    from: 'if (connection.allowsAuth) connection.login(',
    to: 'if (!connection.allowsAuth) done(); else if (connection.allowsAuth) connection.login(',
    tests: tls,
  },
  {
    name: 'address-left-in-a-reply',
    file: reply,
    from: ".replace(anyAddress, '…')",
    to: '',
    tests: replies,
  },
  {
    name: 'encoded-address-left-in-a-reply',
    file: reply,
    from: '(?:@|%40|=40|&#64;)',
    to: '@',
    tests: replies,
  },
  {
    name: 'local-part-left-in-a-reply',
    file: reply,
    from: "if (locals === '') return line;",
    to: 'if (locals) return line;',
    tests: replies,
  },
  {
    name: 'control-characters-left-in-a-reply',
    file: reply,
    from: ".replace(invisible, '')",
    to: '',
    tests: replies,
  },
  {
    name: 'half-an-address-at-the-end-of-a-reply',
    file: reply,
    from: ".replace(/\\S*$/, '…')",
    to: '',
    tests: replies,
  },
  {
    name: 'link-in-a-greeting',
    file: 'packages/mail/src/contains-link.ts',
    from: "[text, text.normalize('NFKC').replaceAll('。', '.')]",
    to: '[text]',
    tests: ['packages/mail/test/contains-link.unit.test.ts'],
  },
  {
    name: 'name-in-the-html-as-it-is',
    file: 'packages/mail/src/prepare-message.ts',
    from: 'fillHtml(escapeHtml(to.name))',
    to: 'fillHtml(to.name)',
    tests: message,
  },
  {
    name: 'encoded-word-in-a-name',
    file: 'packages/mail/src/prepare-message.ts',
    from: "if (!name.includes('=?'))",
    to: 'if (name.length < 99)',
    tests: message,
  },
  {
    name: 'name-that-is-a-link-sent-all-the-same',
    file: 'packages/mail/src/welcome-email.ts',
    from: 'containsLink(name)',
    to: 'containsLink(id)',
    tests: ['packages/mail/test/welcome-email.unit.test.ts'],
  },
  {
    name: 'login-repeated-in-the-log',
    file: connection,
    from: 'if (auth) hideLogin(error as NodemailerError, auth);',
    to: '',
    tests: ['packages/mail/test/login-reply.test.ts'],
  },
];
