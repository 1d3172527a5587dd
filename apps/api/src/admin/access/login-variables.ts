import {
  combineVariables,
  type Decoder,
  EnvironmentError,
  InvalidValue,
  matching,
  processVariables,
  secret,
  variable,
} from '@backend-jobs/runtime';
import { type Login, roles } from './logins-plugin.ts';

/** A redrive keeps the name of who has started it, and takes no longer one. */
const userName = matching(
  /^[^:\p{Cc}]{1,100}$/u,
  'must have at most 100 characters, no colon and no control character',
);
const password = secret({ minLength: 12 });

const adminUser = variable({
  name: 'ADMIN_USER',
  decode: userName,
  default: 'admin',
  meaning: "who may do everything on the operators' pages",
});

const adminPassword = variable({
  name: 'ADMIN_PASSWORD',
  decode: password,
  meaning:
    "without one, or an admin in `LOGINS`, the operators' pages stay closed, and production does not start; at least 12 characters there",
});

const viewerUser = variable({
  name: 'VIEWER_USER',
  decode: userName,
  default: 'viewer',
  meaning: "who may look at the operators' pages, and change nothing",
});

const viewerPassword = variable({
  name: 'VIEWER_PASSWORD',
  decode: password,
  meaning: 'without one there is no viewer; at least 12 characters in production',
});

/** Says which part is wrong, and not what it holds: whatever stands in an entry may be a secret. */
const readPart = (part: string, read: () => string): string => {
  try {
    return read();
  } catch (error) {
    throw error instanceof InvalidValue ? new InvalidValue(`has a ${part} that ${error.message}`) : error;
  }
};

/** `ada:admin:<password>`, with a comma or a line break in between, as a file of them has. */
const loginList: Decoder<Login[]> = (text, context) =>
  text
    .split(/[,\n]/)
    .map((entry) => entry.trim())
    .filter(Boolean)
    .map((entry) => {
      const [name = '', roleName, ...rest] = entry.split(':');
      const role = roles.find((each) => each === roleName);
      if (!name || !role || rest.join(':') === '')
        throw new InvalidValue('must be a list of <name>:admin:<password> or <name>:viewer:<password>');
      return {
        name: readPart('name', () => userName(name, context)),
        role,
        password: readPart('password', () => password(rest.join(':'), context)),
      };
    });

const moreLogins = variable({
  name: 'LOGINS',
  decode: loginList,
  default: '',
  meaning:
    'a login for each person, so that the audit trail names who did what: `ada:admin:<password>,bob:viewer:<password>`',
});

const { isProduction } = processVariables;

/**
 * The logins of the operators' pages, Bull Board among them. Without one they stay closed, and production does not start without an admin. Nor does it start
 * where a name has two logins, or where one password opens two of them: a viewer could guess that it is the admin's, too.
 */
export const logins = combineVariables(
  { isProduction, adminUser, adminPassword, viewerUser, viewerPassword, moreLogins },
  (values): readonly Login[] => {
    const { adminPassword: admin, viewerPassword: viewer } = values;
    const list: Login[] = [...values.moreLogins];
    if (admin) list.push({ name: values.adminUser, role: 'admin', password: admin });
    if (viewer) list.push({ name: values.viewerUser, role: 'viewer', password: viewer });
    const faults: string[] = [];
    if (values.isProduction) {
      if (new Set(list.map(({ name }) => name)).size < list.length)
        faults.push('ADMIN_USER, VIEWER_USER and LOGINS must not have a name twice');
      if (new Set(list.map((login) => login.password)).size < list.length)
        faults.push('ADMIN_PASSWORD, VIEWER_PASSWORD and LOGINS must not have a password twice');
      if (!list.some(({ role }) => role === 'admin'))
        faults.push('ADMIN_PASSWORD is missing, or an admin in LOGINS');
    }
    if (faults.length > 0) throw new EnvironmentError(faults);
    return list;
  },
);
