/** Tests run on the sources through SWC: type errors are `npm run types`' business. */
module.exports = {
  testEnvironment: 'node',
  // By default jest leaves one core free, which on two cores is half of the machine.
  maxWorkers: '100%',
  // Some start the whole program; a busy machine is no fault.
  testTimeout: 60_000,
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
};
