export { hostBasedAuthentication, serverConfiguration } from './configuration';
export { Postgres, type PostgresProps } from './postgres';
export { rolesFiles } from './roles-files';
export { PostgresRoles } from './roles-job';
