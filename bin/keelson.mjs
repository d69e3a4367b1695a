#!/usr/bin/env node
// The sources run as they are: tsx compiles them as they are loaded, and the user's system files with them.
import { createRequire } from 'node:module';
import { register } from 'tsx/cjs/api';

register();
const { main } = createRequire(import.meta.url)('../cli/index.ts');
process.exitCode = await main(process.argv.slice(2));
