import { Readable } from 'node:stream';
import { createTransport, type NodemailerError, type SendMailOptions } from 'nodemailer';
import { domainOf } from './domain-of.ts';
import { createDomainSlots } from './domain-slots.ts';
import { type MailOutcome, toMailFault } from './mail-outcome.ts';
import type { SmtpSettings } from './smtp-settings.ts';

/** A composed message (RFC 5322, in ASCII), and its envelope: its sender and its only recipient. */
export interface Message {
  from: string;
  to: string;
  messageId: string;
  raw: string;
}

/** It was not tried: other messages to its domain take all the slots that the domain may have. */
export interface Crowded {
  kind: 'crowded';
  retryAfterMs: number;
}

export interface Mailer {
  /** Hands one message to the mail server. It takes 30 s at the most, and does not throw. */
  send(message: Message): Promise<MailOutcome | Crowded>;
  close(): void;
}

/** How far the dialogue about one message got. */
interface Delivery {
  begun: boolean;
  handedOver: () => boolean;
}

/** One message holds a slot no longer, however slowly a server replies. */
const sendTimeoutMs = 30_000;

const timeouts = {
  dnsTimeout: 5_000,
  connectionTimeout: 5_000,
  greetingTimeout: 5_000,
  socketTimeout: 10_000,
};

/** A pool of connections. Where a message goes is what its envelope says, whatever its headers do. */
export const createMailer = (options: { smtp: SmtpSettings; maxConnections: number }): Mailer => {
  const transport = createTransport(
    {
      pool: true,
      maxConnections: options.maxConnections,
      ...toTransportOptions(options.smtp),
      ...timeouts,
    },
    { disableFileAccess: true, disableUrlAccess: true },
  );
  transport.use('stream', ({ message, data }, done) => {
    const { raw, delivery } = data as TrackedMail;
    message.createReadStream = () => trackDelivery(raw, delivery);
    done();
  });

  const slots = createDomainSlots(options.maxConnections);

  return {
    send: async ({ from, to, messageId, raw }) => {
      const slot = slots.enter(domainOf(to).toLowerCase());
      if (slot.kind === 'crowded') return slot;
      const delivery: Delivery = { begun: false, handedOver: () => false };
      const mail: TrackedMail = {
        envelope: { from: mailbox(from), to: mailbox(to) },
        messageId,
        raw,
        delivery,
        signal: AbortSignal.timeout(sendTimeoutMs),
      };
      try {
        await transport.sendMail(mail);
        slot.leave(true);
        return { kind: 'sent' };
      } catch (error) {
        slot.leave((error as NodemailerError).responseCode !== undefined);
        return toMailFault(error, { begun: delivery.begun, handedOver: delivery.handedOver() });
      }
    },
    close: () => transport.close(),
  };
};

const toTransportOptions = ({ host, port, isImplicitTls, auth, tls, ehloName }: SmtpSettings) => ({
  host,
  port,
  name: ehloName,
  secure: isImplicitTls,
  requireTLS: tls.use === 'always',
  ignoreTLS: tls.use === 'never',
  tls: {
    rejectUnauthorized: tls.isVerified,
    ...(tls.ca && { ca: tls.ca }),
    ...(tls.serverName && { servername: tls.serverName }),
  },
  ...(auth && { auth: { user: auth.user, pass: auth.password } }),
});

/** As an object, which nodemailer takes as it is; a string it would parse as a list. */
const mailbox = (address: string) => ({ name: '', address });

type TrackedMail = SendMailOptions & { raw: string; delivery: Delivery };

/**
 * A dropped line is the same error in every phase. The message's stream is made once a connection is ready, and read
 * to its end when the server has been given the final dot: from then on it may have taken the message. It is in one
 * piece, since each would be written to the socket by itself.
 */
const trackDelivery = (raw: string, delivery: Delivery): Readable => {
  const stream = Readable.from(raw, { objectMode: false });
  delivery.begun = true;
  delivery.handedOver = () => stream.readableEnded;
  return stream;
};
