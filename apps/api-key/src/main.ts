import { createHash, randomBytes } from 'node:crypto';

const usage = `Usage: npm run api-key -- <name>

  <name>  what the log calls the client: letters, digits, dots, dashes and underscores
`;

const [name = '', ...more] = process.argv.slice(2);
if (more.length > 0 || !/^\w[\w.-]*$/.test(name)) {
  process.stderr.write(usage);
  process.exit(2);
}

// 256 random bits: nobody can try them out. The prefix helps a scanner that looks for keys where they should not be.
const key = `backend-jobs_${randomBytes(32).toString('base64url')}`;
const hash = createHash('sha256').update(key).digest('hex');
process.stdout.write(`The key, for the client. It is shown this once:
  ${key}

Its entry in API_KEYS, for the API. Entries have a comma in between:
  ${name}:${hash}
`);
