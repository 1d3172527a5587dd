/** What a Postfix has on top of Debian's defaults. */
export interface PostfixConfig {
  /**
   * Settings of main.cf. Their values may hold `$config_directory`, which has `files` in it, `$sink_port`,
   * where mail goes, and `$postgrey_port`.
   */
  main?: Record<string, string>;
  /** What is written beside main.cf, such as access tables. */
  files?: Record<string, string>;
  /** What takes the connections; smtpd by default. */
  entrance?: 'smtpd' | 'postscreen';
  /** None by default: STARTTLS is not offered then. Its name is `certificateName`. */
  certificate?: 'self-signed' | 'own-ca';
  /** Passwords by user name. */
  users?: Record<string, string>;
  /** Greylisting by postgrey: how long a recipient who was never mailed before is put off. */
  greylistingS?: number;
}

/** The host that this Postfix says it is, and that its certificates are for. */
export const postfixHostname = 'mx.postfix.example';

/** Takes everything from this machine. */
export const plain: PostfixConfig = {};

/** What Debian's package sets up: STARTTLS for those who want it, by a certificate that nobody can verify. */
export const optionalTls: PostfixConfig = {
  main: { smtpd_tls_security_level: 'may' },
  certificate: 'self-signed',
};

/** A submission service: nobody mails without TLS, nor without a password. */
export const requiredTls = (users: Record<string, string>): PostfixConfig => ({
  main: {
    smtpd_tls_security_level: 'encrypt',
    smtpd_tls_auth_only: 'yes',
    smtpd_sasl_authenticated_header: 'yes',
    mynetworks: '',
    smtpd_relay_restrictions: 'permit_sasl_authenticated, reject',
  },
  certificate: 'own-ca',
  users,
});

/** What is left when somebody on the way has taken STARTTLS out: passwords are asked for in clear. */
export const passwordsInClear = (users: Record<string, string>): PostfixConfig => ({
  main: { smtpd_relay_restrictions: 'permit_sasl_authenticated, reject', mynetworks: '' },
  users,
});

/** A client that it does not know is kept waiting for the end of the greeting: 6 s, Postfix' own default. */
export const postscreen: PostfixConfig = {
  main: { postscreen_greet_action: 'enforce', postscreen_access_list: '' },
  entrance: 'postscreen',
};

/** Without the exception of `mynetworks`, or the limit would not be for this machine. */
export const connectionLimit = (connections: number): PostfixConfig => ({
  main: {
    smtpd_client_connection_count_limit: String(connections),
    smtpd_client_event_limit_exceptions: '',
  },
});

/**
 * The checks that many servers have, and a list of names that are not wanted: one of our own, and addresses.
 */
export const heloChecks: PostfixConfig = {
  main: {
    smtpd_helo_required: 'yes',
    smtpd_helo_restrictions: [
      'reject_invalid_helo_hostname',
      'reject_non_fqdn_helo_hostname',
      'check_helo_access regexp:$config_directory/helo',
    ].join(', '),
    // Before anything else, or those in mynetworks would not be checked.
    smtpd_recipient_restrictions: '',
  },
  files: {
    helo: ['/^\\[/ REJECT An address is not a name', '/^unwanted\\./ REJECT Unwanted', ''].join('\n'),
  },
};

/**
 * Relaying is for nobody, as when an allow-list has expired. Debian's own default defers; most others reject.
 */
export const relayDenied = (how: 'reject' | 'defer'): PostfixConfig => ({
  main: { mynetworks: '', smtpd_relay_restrictions: `${how}_unauth_destination` },
});

/** What becomes of recipients by the first word of their address, before relaying is looked at. */
export const faultyRecipients: PostfixConfig = {
  main: {
    smtpd_recipient_restrictions: 'check_recipient_access regexp:$config_directory/recipients',
    smtpd_restriction_classes: 'slow',
    slow: 'sleep 10',
  },
  files: {
    recipients: [
      '/^code421\\./ 421 4.7.0 Come back later',
      '/^code450\\./ 450 4.2.1 The mailbox is busy',
      '/^code454\\./ 454 4.3.0 No mail for this one now',
      '/^code550\\./ 550 5.1.1 No such mailbox',
      '/^slow\\./ slow',
      '',
    ].join('\n'),
  },
};

/** Takes its time before each answer, whatever is said: at the greeting, and at MAIL. */
export const slowToGreet = (seconds: { greeting: number; mail: number }): PostfixConfig => ({
  main: {
    smtpd_delay_reject: 'no',
    smtpd_client_restrictions: `sleep ${seconds.greeting}`,
    smtpd_sender_restrictions: `sleep ${seconds.mail}`,
  },
});

/** Recipients that begin with `rcpt.` or `data.` have to wait for the answer to that command. */
export const slowToAnswer = (seconds: number): PostfixConfig => ({
  main: {
    smtpd_restriction_classes: 'slow',
    slow: `sleep ${seconds}`,
    smtpd_recipient_restrictions: 'check_recipient_access regexp:$config_directory/slow-at-rcpt',
    smtpd_data_restrictions: 'check_recipient_access regexp:$config_directory/slow-at-data',
  },
  files: { 'slow-at-rcpt': '/^rcpt\\./ slow\n', 'slow-at-data': '/^data\\./ slow\n' },
});

/** Hands each message to the sink as a content filter, and passes on what that says to the final dot. */
export const proxyFilter: PostfixConfig = { main: { smtpd_proxy_filter: '127.0.0.1:$sink_port' } };

export const greylisting = (delayS: number): PostfixConfig => ({
  main: { smtpd_recipient_restrictions: 'check_policy_service inet:127.0.0.1:$postgrey_port' },
  greylistingS: delayS,
});
