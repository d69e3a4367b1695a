const credentialName = /(PASSWORD|PASSWD|SECRET|SECRET_KEY|PRIVATE_KEY|API_KEY|ACCESS_KEY|TOKEN)$/;

/** Whether a plain value looks like a credential: by its name, or as a URL with a password. One that names a variable is none. */
export function looksLikeCredential(name: string, value: string): boolean {
  const named = credentialName.test(name) && value !== '' && !value.startsWith('$(');
  return named || /:\/\/[^/\s:@]+:(?!\$\()[^/\s@]+@/.test(value);
}
