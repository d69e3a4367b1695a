/** Who uses each system. */
import { user as djangoReact } from './django-react';
import type { User } from './user';

const users: Readonly<Record<string, User>> = { 'django-react': djangoReact };

/** @throws Error where nobody is written yet */
export function userOf(system: string): User {
  const user = users[system];
  if (user !== undefined) return user;
  throw new Error(`No user of ${system} is written yet (e2e/users/); there are ${Object.keys(users).join(', ')}`);
}
