import { X509Certificate } from 'node:crypto';
import { type Decoder, InvalidValue } from './variable.ts';

/** Certificates in PEM, without what else is in the text. */
export const certificates: Decoder<string> = (text) => {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs) ?? [];
  try {
    for (const block of blocks) new X509Certificate(block);
    if (blocks.length > 0) return blocks.join('\n');
  } catch {} // it gets the same message as a text that holds none
  throw new InvalidValue('must hold certificates in PEM');
};
