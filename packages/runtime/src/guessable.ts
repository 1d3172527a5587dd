/** Words that people put where a secret should be, and those that this project's pages and examples have there. */
const knownWords = [
  ...[
    'administrator',
    'admin',
    'backend-jobs',
    'backend',
    'jobs',
    'changeme',
    'change-me',
    'choose-your-own',
  ],
  ...['default', 'dragon', 'example', 'football', 'iloveyou', 'letmein', 'login', 'master', 'monkey'],
  ...[
    'not-a-secret',
    'only-for-this-run',
    'password',
    'passwort',
    'placeholder',
    'production',
    'qwerty',
    'root',
  ],
  ...['secret', 'senha', 'sunshine', 'superuser', 'supersecret', 'test', 'user', 'viewer', 'welcome'],
  ...[
    'api-key',
    'apikey',
    'key',
    'token',
    'foobar',
    'foo',
    'bar',
    'mobile',
    'web',
    'hash',
    'your',
    'the',
    'my',
  ],
];
const anyKnownWord = new RegExp([...knownWords].sort((a, b) => b.length - a.length).join('|'), 'g');

/** Letters that are written as digits and signs: `P@ssw0rd`. */
const writtenAs: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '@': 'a',
  $: 's',
};

/** As they lie on a keyboard. */
const rows = ['1234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'];

/**
 * How many characters of a secret somebody would have to guess one by one. Of a known word only its first counts, and no
 * character that follows from the one before it: the same again, its neighbour in the alphabet or on the keyboard, or
 * what followed it earlier in the text. A text that was drawn at random loses few of its characters.
 */
export const unguessableLength = (secret: string): number => {
  const text = withoutKnownWords(secret.toLowerCase());
  const pairs = new Set<string>();
  let count = 0;
  for (let index = 0; index < text.length; index += 1) {
    const pair = text.slice(Math.max(0, index - 1), index + 1);
    if (!(pair.length === 2 && (pairs.has(pair) || isStep(pair)))) count += 1;
    pairs.add(pair);
  }
  return count;
};

/** What a guesser tries first, as it is and with the line break that `echo` adds. */
export const firstGuesses = [
  ...knownWords,
  'a-key',
  '',
  'x',
  'abc',
  '1',
  '12',
  '123',
  '1234',
  '12345',
  '123456',
]
  .concat('12345678', '123456789', '1234567890')
  .flatMap((guess) => [guess, `${guess}\n`, `${guess}\r\n`]);

/** Each of them becomes one character. */
const withoutKnownWords = (text: string): string => {
  const spelled = [...text].map((character) => writtenAs[character] ?? character).join('');
  let rest = '';
  let end = 0;
  for (const { index, 0: word } of spelled.matchAll(anyKnownWord)) {
    rest += `${text.slice(end, index)}\0`;
    end = index + word.length;
  }
  return rest + text.slice(end);
};

const isStep = (pair: string): boolean => {
  const backwards = [...pair].reverse().join('');
  return (
    Math.abs(pair.charCodeAt(0) - pair.charCodeAt(1)) <= 1 ||
    rows.some((row) => row.includes(pair) || row.includes(backwards))
  );
};
