import { join } from 'node:path';

/** This project's folder. */
export const ROOT = join(__dirname, '..', '..');
