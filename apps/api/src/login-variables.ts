import {
  combineVariables,
  EnvironmentError,
  matching,
  processVariables,
  secret,
  variable,
} from '@backend-jobs/runtime';
import type { Logins } from './dashboard/logins-plugin.ts';

const userName = matching(/^[^:]+$/, 'must have no colon');
const password = secret({ minLength: 12 });

const adminUser = variable({
  name: 'ADMIN_USER',
  decode: userName,
  default: 'admin',
  meaning: 'who may do everything on the dashboard',
});

const adminPassword = variable({
  name: 'ADMIN_PASSWORD',
  decode: password,
  required: 'in production',
  meaning: 'without one the dashboard stays closed; at least 12 characters in production',
});

const viewerUser = variable({
  name: 'VIEWER_USER',
  decode: userName,
  default: 'viewer',
  meaning: 'who may look at the dashboard, and change nothing',
});

const viewerPassword = variable({
  name: 'VIEWER_PASSWORD',
  decode: password,
  meaning: 'without one there is no viewer; at least 12 characters in production',
});

const { isProduction } = processVariables;

/**
 * The logins of the dashboard. Without an admin password it stays closed, and production does not start at all. Nor does
 * production start where a viewer would be the admin as well, or could guess the admin's password from the own one.
 */
export const logins = combineVariables(
  { isProduction, adminUser, adminPassword, viewerUser, viewerPassword },
  (values): Logins => {
    const admin = { user: values.adminUser, password: values.adminPassword };
    const viewer = { user: values.viewerUser, password: values.viewerPassword };
    const faults: string[] = [];
    if (values.isProduction && viewer.password) {
      if (viewer.user === admin.user) faults.push('VIEWER_USER must not be the same as ADMIN_USER');
      if (viewer.password === admin.password)
        faults.push('VIEWER_PASSWORD must not be the same as ADMIN_PASSWORD');
    }
    if (faults.length > 0) throw new EnvironmentError(faults);
    return { admin, viewer };
  },
);
