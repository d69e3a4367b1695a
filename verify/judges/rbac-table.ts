/**
 * What each ServiceAccount may do, by its name, beyond what everybody may (discovery, asking about oneself). An account
 * that is not here may do nothing.
 */
export const EXPECTED_RULES: Readonly<Record<string, readonly string[]>> = {
  // Makes each missing Secret; it can neither read nor overwrite one.
  bootstrap: ['create secrets'],
};
