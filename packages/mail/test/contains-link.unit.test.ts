import { expect, test } from 'vitest';
import { containsLink } from '../src/contains-link.ts';

test.for([
  'You won! Claim at http://evil.example/claim',
  'hxxp://evil.example',
  'evil.com',
  'EVIL.COM',
  'Visit evil.zip now',
  'Visit evil。com',
  'Visit evil．com',
  'Visit evil.中国。王',
  '~.com',
  'Visit evil｡com',
  'ⓔⓥⓘⓛ.ⓒⓞⓜ',
  'evil․com',
  '(evil.co.uk)',
  '_evil.com_',
  ':evil.com:80',
  '.evil.com',
  'Ada/evil.com',
  'evil.com!',
  'пример.рф',
  '李.中国',
  'xn--e1afmkfd.xn--p1ai',
  'www.evil.example',
  'ftp.evil.example',
  '//evil.com',
  '\\\\evil\\claim',
  'ada@evil.com',
  'ada@evil',
  'ada＠evil.com',
  'mailto:ada',
  '1.2.3.4/claim',
  'http://[::1]/claim',
  'Call +1 (555) 010-0199',
  'Call ＋１５５５０１００１９９',
  'tel:911',
])('a mail program would make a link of %s', (name) => {
  expect(containsLink(name)).toBe(true);
});

test.for([
  'Ada Lovelace',
  'Dr. Who',
  'J.R.R. Tolkien',
  'A.P.J. Abdul Kalam',
  'Ada St.John',
  'José M.ª',
  'Md.Abdullah',
  'evil .com',
  'S:t Göran',
  'Kahente:ri',
  'Sammy Davis, Jr.',
  'X Æ A-12',
  'Ana 1990',
  'Ann-Marie O’Neil / Smith',
  'صالح بن علي',
  'サトウ・ゴロー',
  '👩\u200d💻 Ada',
])('%s is a name, and no link', (name) => {
  expect(containsLink(name)).toBe(false);
});
